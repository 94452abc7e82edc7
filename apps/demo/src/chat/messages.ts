import type { StoredMessage } from '@x/session-manager'

/** What is stored of a message, beside its id and status. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
  /** Of whom a question was asked. */
  readonly bot?: string
  /** A reply names its question: two questions sent at once each get their own. */
  readonly replyTo?: string
  /** Which run of the server numbered the tokens. */
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

const MOST_REMEMBERED = 20

/** The latest part of the conversation as a model wants to read it, up to and with one question. */
export function promptFor(messages: readonly Stored[], questionId: string): { role: string; content: string }[] {
  const exchanges = exchangesOf(messages)
  const last = exchanges.findIndex(({ question }) => question.id === questionId)
  return exchanges.slice(Math.max(0, last - MOST_REMEMBERED), last + 1).flatMap(({ question, reply }) => {
    const asked = { role: 'user', content: question.content }
    return reply && question.id !== questionId ? [asked, { role: 'assistant', content: reply.content }] : [asked]
  })
}
