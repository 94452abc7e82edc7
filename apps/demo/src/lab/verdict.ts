import type { Tally } from '../audit/audit.ts'
import type { AuditReport } from '../audit/auditor.ts'
import { exchangesOf } from '../chat/messages.ts'
import type { Notes } from './notes.ts'

/** What became of everything on a stage. */
export interface Verdict extends Tally {
  /** Messages without a whole reply. */
  readonly unanswered: number
  /** Renamed chats with another title, deleted chats that are back. */
  readonly undone: number
  /** What the server was asked for replies. */
  readonly requests: number
  readonly isOver: boolean
}

const FAULTS = [
  ['lost', 'lost'],
  ['doubled', 'doubled'],
  ['wrongChat', 'in the wrong chat'],
  ['unanswered', 'left without a whole reply'],
  ['undone', 'undone'],
] as const

export function verdictOf(report: AuditReport | undefined, notes: Notes, requests: number): Verdict {
  const { chats = [], total } = report ?? {}
  const none = { sent: 0, stored: 0, underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }
  const answered = new Set(
    chats
      .flatMap(({ messages }) => exchangesOf(messages))
      .filter(({ reply }) => reply?.status === 'complete')
      .map(({ question }) => question.id),
  )
  const isUndone = ({ id, title }: { id: string; title?: string }): boolean =>
    notes.isDeleted(id) || (notes.titles.has(id) && notes.titles.get(id) !== title)
  return {
    ...(total ?? none),
    unanswered: notes.isOver ? notes.all().filter(({ id }) => !answered.has(id)).length : 0,
    undone: chats.filter(isUndone).length,
    requests,
    isOver: notes.isOver,
  }
}

export function isGood(verdict: Verdict): boolean {
  return FAULTS.every(([name]) => verdict[name] === 0)
}

/** The verdict in a sentence. */
export function sentenceOf(verdict: Verdict): string {
  if (isGood(verdict)) return 'Everything is there, once, where it belongs.'
  const faults = FAULTS.filter(([name]) => verdict[name] > 0).map(([name, words]) => `${verdict[name]} ${words}`)
  return `${faults.join(', ')}.`
}
