/** The chat that the address names, if it names one. */
export function chatInAddress(): string {
  return location.hash.slice(1)
}

/** Puts a chat into the address: as the next entry of the history, unless it is there or takes the place of one. */
export function putInAddress(chat: string, how: 'next' | 'instead'): void {
  if (chatInAddress() === chat) return
  if (how === 'next' && chatInAddress() !== '') history.pushState(null, '', `#${chat}`)
  else history.replaceState(null, '', `#${chat}`)
}
