import type { Tally } from '../audit/audit.ts'

/** The counters of the strip. */
export const COUNTS: readonly { readonly name: keyof Tally; readonly label: string; readonly means: string }[] = [
  { name: 'sent', label: 'sent', means: 'Your messages and the numbered words that the bots said' },
  { name: 'stored', label: 'stored', means: 'Found in the database, in the chat they belong to' },
  { name: 'underWay', label: 'on the way', means: 'Not stored yet, and not said to be' },
  { name: 'lost', label: 'lost', means: 'Said to be stored, but not there' },
  { name: 'doubled', label: 'doubled', means: 'There more than once' },
  { name: 'wrongChat', label: 'wrong chat', means: 'There, but in another chat' },
]

/** Those that have to stay at 0. */
export const FAULTY: readonly (keyof Tally)[] = ['lost', 'doubled', 'wrongChat']
