/** Hands a text to the visitor as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/jsonl' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Some browsers begin to read only after the click has ended.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** A file's name: what is left of a title when only letters and digits count. */
export function fileName(title: string, at: Date): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return `squall-${[...words.slice(0, 6), at.toISOString().slice(0, 10)].join('-')}.jsonl`
}
