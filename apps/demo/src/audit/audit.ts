import type { LedgerEntry } from '../../shared/ledger.ts'
import { parseNumbered } from '../../shared/numbered.ts'
import type { Stored } from '../chat/messages.ts'
import { gistOf, type Sent } from './witness.ts'

/** A chat as the store has it. */
export interface StoredChat {
  readonly id: string
  readonly title?: string
  readonly messages: readonly Stored[]
}

export interface Evidence {
  readonly chats: readonly StoredChat[]
  readonly sent: readonly Sent[]
  readonly ledger: { readonly run: string; readonly entries: readonly LedgerEntry[] }
  /** Nothing more will come: what is not there is lost. */
  readonly isOver?: boolean
  /** Whether a tab still lives; if nobody can tell, all do. */
  isOpen?(tab: string): boolean
}

/** Every message that the visitor sent and every token that the bots said, counted once under what became of it. */
export interface Tally {
  readonly sent: number
  readonly stored: number
  /** Not stored yet, and nobody was told that it is. */
  readonly underWay: number
  readonly lost: number
  /** Copies beyond the first, in the right chat. */
  readonly doubled: number
  /** Copies in another chat than their own. */
  readonly wrongChat: number
}

interface Expected {
  readonly chat: string
  readonly underWay: boolean
}

/** Compares what is in the store with what was sent from both sides. */
export function audit({ chats, sent, ledger, isOver = false, isOpen }: Evidence): { messages: Tally; tokens: Tally } {
  const sighted = sightedMessages(chats, sent)
  // What a tab had not stored when it was closed is gone with it: nobody said that it is stored, and nobody is on it.
  const isGone = ({ id, acknowledged, tab }: Sent): boolean =>
    !acknowledged && tab !== undefined && isOpen?.(tab) === false && !sighted.has(id)
  const gone = new Set(sent.filter(isGone).map(({ id }) => id))
  const expected = sent.filter(({ id }) => !gone.has(id))
  const said = { ...ledger, entries: ledger.entries.filter(({ message }) => !gone.has(message)) }
  return {
    messages: tally(expectedMessages(expected), sighted, isOver),
    tokens: tally(expectedTokens(chats, said), sightedTokens(chats, said), isOver),
  }
}

export function sumOf(one: Tally, other: Tally): Tally {
  return {
    sent: one.sent + other.sent,
    stored: one.stored + other.stored,
    underWay: one.underWay + other.underWay,
    lost: one.lost + other.lost,
    doubled: one.doubled + other.doubled,
    wrongChat: one.wrongChat + other.wrongChat,
  }
}

function tally<Piece>(
  expected: ReadonlyMap<Piece, Expected>,
  sighted: ReadonlyMap<Piece, readonly string[]>,
  isOver: boolean,
): Tally {
  const counts = { sent: expected.size, stored: 0, underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }
  for (const [piece, { chat, underWay }] of expected) {
    const places = sighted.get(piece) ?? []
    const atHome = places.filter(place => place === chat).length
    counts.wrongChat += places.length - atHome
    if (atHome > 0) counts.stored++
    if (atHome > 1) counts.doubled += atHome - 1
    if (places.length === 0) counts[underWay && !isOver ? 'underWay' : 'lost']++
  }
  return counts
}

function expectedMessages(sent: readonly Sent[]): Map<string, Expected> {
  return new Map(sent.map(({ id, chat, acknowledged }) => [id, { chat, underWay: !acknowledged }]))
}

function sightedMessages(chats: readonly StoredChat[], sent: readonly Sent[]): Map<string, string[]> {
  const texts = new Map(sent.map(({ id, text }) => [id, text]))
  return places(chats, messages =>
    messages.filter(({ id, content }) => texts.get(id) === gistOf(content)).map(message => message.id),
  )
}

function expectedTokens(chats: readonly StoredChat[], { entries }: Evidence['ledger']): Map<number, Expected> {
  const stored = new Map(chats.map(chat => [chat.id, chat.messages]))
  return new Map(
    entries.flatMap(({ chat, message, firstNumber, words }) => {
      const messages = stored.get(chat) ?? []
      const reply = messages.find(({ replyTo }) => replyTo === message)
      // Until its reply is complete, the tokens behind the last one stored may still come; a hole before it may not.
      const end = firstNumber + words.length
      const own = parseNumbered(reply?.content ?? '').filter(({ number }) => number >= firstNumber && number < end)
      const last = Math.max(firstNumber - 1, ...own.map(({ number }) => number))
      const settled = reply?.status === 'complete' || (reply !== undefined && reply.status === undefined)
      // Stopped by the page alone, when the server did not know of it yet: the bot spoke on, to nobody.
      const isLeft = !settled && messages.some(({ id, stopped }) => id === message && stopped)
      return words.slice(0, isLeft ? last + 1 - firstNumber : words.length).map((_, index): [number, Expected] => {
        const number = firstNumber + index
        return [number, { chat, underWay: !settled && number > last }]
      })
    }),
  )
}

function sightedTokens(chats: readonly StoredChat[], { run, entries }: Evidence['ledger']): Map<number, string[]> {
  const words = new Map(
    entries.flatMap(entry => entry.words.map((word, index): [number, string] => [entry.firstNumber + index, word])),
  )
  return places(chats, messages =>
    messages
      .filter(message => message.run === run)
      .flatMap(({ content }) => parseNumbered(content))
      .filter(({ word, number }) => words.get(number) === word)
      .map(({ number }) => number),
  )
}

/** For each piece the chats it was seen in, one entry for each copy. */
function places<Piece>(
  chats: readonly StoredChat[],
  piecesIn: (messages: readonly Stored[]) => Piece[],
): Map<Piece, string[]> {
  const found = new Map<Piece, string[]>()
  for (const chat of chats) {
    for (const piece of piecesIn(chat.messages)) found.set(piece, [...(found.get(piece) ?? []), chat.id])
  }
  return found
}
