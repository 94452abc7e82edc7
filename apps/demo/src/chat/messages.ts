import type { StoredMessage } from '@x/session-manager'
import { isNumbered } from '../../shared/fingerprint.ts'
import { newId } from './new-id.ts'

/** What is stored of a message, beside its id and status. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
  /** Of whom a question was asked. */
  readonly bot?: string
  /** Which of the replies to the same words is asked for: it grows when the visitor wants another one. */
  readonly seed?: number
  /** A reply names its question: two questions sent at once each get their own. */
  readonly replyTo?: string
  /** Which run of the server numbered the tokens, or which take of a real model it is. */
  readonly run?: string
  /** The visitor wanted no more: on a reply that was begun, or on a question whose reply was not. */
  readonly stopped?: boolean
}

export type ChatMetadata = { readonly bot: string }

export type Stored = StoredMessage<ChatMessage>

export interface Exchange {
  readonly question: Stored
  readonly reply: Stored | undefined
}

/** The questions in the order they were sent, each with its reply. */
export function exchangesOf(messages: readonly Stored[]): Exchange[] {
  const replies = new Map(messages.filter(({ replyTo }) => replyTo).map(reply => [reply.replyTo, reply]))
  return messages.filter(({ role }) => role === 'user').map(question => ({ question, reply: replies.get(question.id) }))
}

/** The exchange with this question and all that follow it; none when it is not there. */
export function exchangesFrom(messages: readonly Stored[], questionId: string): Exchange[] {
  const exchanges = exchangesOf(messages)
  const first = exchanges.findIndex(({ question }) => question.id === questionId)
  return first === -1 ? [] : exchanges.slice(first)
}

/** The messages without these questions and their replies. */
export function withoutQuestions(messages: readonly Stored[], questionIds: readonly string[]): Stored[] {
  return messages.filter(({ id, replyTo }) => !questionIds.includes(replyTo ?? id))
}

/** The finished exchanges up to and with the one with this question, as messages of their own. */
export function copyOf(messages: readonly Stored[], questionId: string | undefined): Stored[] {
  const exchanges = exchangesOf(messages)
  const last = exchanges.findIndex(({ question }) => question.id === questionId)
  return exchanges.slice(0, last === -1 ? undefined : last + 1).flatMap(({ question, reply }) => {
    if (reply?.status !== 'complete') return []
    const id = newId()
    const { status, run = '', ...said } = reply
    // The numbers prove where the original is; the copy is no evidence.
    return [
      { ...question, id },
      { ...said, ...(isNumbered(run) ? {} : { run }), id: `${id}-reply`, replyTo: id },
    ]
  })
}

const MOST_REMEMBERED = 20
/** What a message may have of characters. */
export const LONGEST_MESSAGE = 100_000
/** Of the exchanges before the question together: the server takes half a megabyte. */
const MOST_CHARACTERS = 50_000

/** The latest part of the conversation as a model wants to read it, up to and with one question. */
export function promptFor(messages: readonly Stored[], questionId: string): { role: string; content: string }[] {
  const exchanges = exchangesOf(messages)
  const last = exchanges.findIndex(({ question }) => question.id === questionId)
  const asked = { role: 'user', content: exchanges[last]?.question.content ?? '' }
  const before: { role: string; content: string }[] = []
  let characters = 0
  for (const { question, reply } of exchanges.slice(Math.max(0, last - MOST_REMEMBERED), Math.max(0, last)).reverse()) {
    characters += question.content.length + (reply?.content.length ?? 0)
    if (characters > MOST_CHARACTERS) break
    if (reply) before.unshift({ role: 'assistant', content: reply.content })
    before.unshift({ role: 'user', content: question.content })
  }
  return [...before, asked]
}
