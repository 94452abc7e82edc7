import { describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../shared/ledger.ts'
import { numbered } from '../../shared/numbered.ts'
import type { Stored } from '../chat/messages.ts'
import { audit, type Evidence } from './audit.ts'

const NOUGHT = { lost: 0, doubled: 0, wrongChat: 0, underWay: 0 }
const WORDS = ['the', 'sea', 'gave', 'it', 'back']

function entry(change: Partial<LedgerEntry> = {}): LedgerEntry {
  const base = {
    client: 'me',
    chat: 'a',
    message: 'q1',
    key: 'q1',
    state: 'complete' as const,
    firstNumber: 11,
    words: WORDS,
  }
  return { ...base, ...change }
}

function reply(numbers: readonly number[], change: Partial<Stored> = {}): Stored {
  const content = numbers.map(number => numbered(WORDS[(number - 11) % 5] ?? '', number)).join(' ')
  return { id: 'r1', role: 'assistant', content, replyTo: 'q1', run: 'run', status: 'complete', ...change }
}

function evidence(change: { a?: Stored[]; b?: Stored[]; sent?: Evidence['sent']; entries?: LedgerEntry[] }): Evidence {
  return {
    chats: [
      { id: 'a', messages: change.a ?? [] },
      { id: 'b', messages: change.b ?? [] },
    ],
    sent: change.sent ?? [],
    ledger: { run: 'run', entries: change.entries ?? [entry()] },
  }
}

const tokensOf = (change: Parameters<typeof evidence>[0]) => audit(evidence(change)).tokens

describe('audit of tokens', () => {
  it('finds nothing wrong with a whole reply', () => {
    expect(tokensOf({ a: [reply([11, 12, 13, 14, 15])] })).toEqual({ ...NOUGHT, sent: 5, stored: 5 })
  })

  it('calls a token lost that a complete reply lacks', () => {
    expect(tokensOf({ a: [reply([11, 12, 14])] })).toMatchObject({ stored: 3, lost: 2, underWay: 0 })
  })

  it('does not wait for ever for words that were said after a stop, before or after the first one', () => {
    const question: Stored = { id: 'q1', role: 'user', content: 'count to 5' }
    const stopped = { ...question, stopped: true }
    const part = (...numbers: number[]) => reply(numbers, { status: 'failed' })
    expect(tokensOf({ a: [question] })).toMatchObject({ sent: 5, underWay: 5 })
    expect(tokensOf({ a: [stopped] })).toMatchObject({ sent: 0, underWay: 0 })
    expect(tokensOf({ a: [stopped, part()] })).toMatchObject({ sent: 0, underWay: 0 })
    expect(tokensOf({ a: [stopped, part(11, 13)] })).toMatchObject({ sent: 3, stored: 2, lost: 1, underWay: 0 })
    expect(tokensOf({ a: [stopped, reply([11, 12])] })).toMatchObject({ sent: 5, lost: 3 })
  })

  it('lets the end of a reply be under way until it is complete, a hole in it not', () => {
    expect(tokensOf({ a: [reply([11, 13], { status: 'streaming' })] })).toMatchObject({
      stored: 2,
      lost: 1,
      underWay: 2,
    })
    expect(tokensOf({ a: [reply([11, 12], { status: 'interrupted' })] })).toMatchObject({ lost: 0, underWay: 3 })
    expect(tokensOf({})).toMatchObject({ stored: 0, lost: 0, underWay: 5 })
  })

  it('counts the copies of a token', () => {
    expect(tokensOf({ a: [reply([11, 12, 12, 12, 13, 14, 15])] })).toMatchObject({ stored: 5, doubled: 2 })
  })

  it('counts a second copy of a whole reply', () => {
    const twice = [reply([11, 12, 13, 14, 15]), reply([11, 12, 13, 14, 15], { id: 'r2', replyTo: 'q2' })]
    expect(tokensOf({ a: twice })).toMatchObject({ stored: 5, doubled: 5 })
  })

  it('finds the tokens that strayed into another chat', () => {
    const astray = { a: [reply([11, 12, 13])], b: [reply([14, 15], { replyTo: 'q9' })] }
    expect(tokensOf(astray)).toMatchObject({ stored: 3, wrongChat: 2, lost: 0 })
  })

  it('takes a changed word for a lost one', () => {
    const garbled = reply([11, 12, 13, 14, 15])
    const content = garbled.content.replace('sea', 'see')
    expect(tokensOf({ a: [{ ...garbled, content }] })).toMatchObject({ stored: 4, lost: 1 })
  })

  it('does not judge what another run of the server numbered', () => {
    expect(tokensOf({ a: [reply([11, 11, 12], { run: 'before' })], entries: [] })).toEqual({
      ...NOUGHT,
      sent: 0,
      stored: 0,
    })
  })
})

describe('audit of messages', () => {
  const sent = [
    { id: 'm1', chat: 'a', text: 'hello', acknowledged: true },
    { id: 'm2', chat: 'a', text: 'world' },
  ]
  const message = (id: string, content: string): Stored => ({ id, role: 'user', content })
  const messagesOf = (change: Parameters<typeof evidence>[0]) => audit(evidence({ ...change, entries: [] })).messages

  it('finds what was sent', () => {
    const a = [message('m1', 'hello'), message('m2', 'world')]
    expect(messagesOf({ a, sent })).toEqual({ ...NOUGHT, sent: 2, stored: 2 })
  })

  it('calls a message lost only when the page was told that it is stored', () => {
    expect(messagesOf({ sent })).toMatchObject({ stored: 0, lost: 1, underWay: 1 })
  })

  it('notices another text, a copy, and another chat', () => {
    expect(messagesOf({ a: [message('m1', 'hell')], sent })).toMatchObject({ lost: 1 })
    expect(messagesOf({ a: [message('m1', 'hello'), message('m1', 'hello')], sent })).toMatchObject({ doubled: 1 })
    expect(messagesOf({ b: [message('m1', 'hello')], sent })).toMatchObject({ stored: 0, lost: 0, wrongChat: 1 })
  })

  it('does not wait for ever for a message that its tab had not stored when it was closed, nor for its reply', () => {
    const sent = [{ id: 'q1', chat: 'a', text: 'hello', tab: 'closed' }]
    const count = (tab: string, a: Stored[] = []) => {
      const { messages, tokens } = audit({ ...evidence({ a, sent }), isOpen: id => id !== tab })
      return [messages.sent, messages.underWay, messages.stored, tokens.sent, tokens.underWay]
    }
    expect(count('another')).toEqual([1, 1, 0, 5, 5])
    expect(count('closed')).toEqual([0, 0, 0, 0, 0])
    // Stored all the same, and its tab could not say so any more.
    expect(count('closed', [{ id: 'q1', role: 'user', content: 'hello' }])).toEqual([1, 0, 1, 5, 5])
  })
})
