/** Whom a reply is for: the page's own names for itself, the chat and the message. */
export interface Destination {
  readonly client: string
  readonly chat: string
  readonly message: string
}

/** What the ledger says of one reply. Its tokens are numbered from `firstNumber` on. */
export interface LedgerEntry extends Destination {
  readonly key: string
  readonly state: 'running' | 'complete' | 'stopped' | 'failed'
  readonly firstNumber: number
  readonly words: readonly string[]
}

export interface LedgerPage {
  /** Changes with each start of the server: numbers of another run mean nothing to it. */
  readonly run: string
  readonly revision: number
  /** Tokens with smaller numbers are forgotten. */
  readonly oldestNumber: number
  readonly entries: readonly LedgerEntry[]
}
