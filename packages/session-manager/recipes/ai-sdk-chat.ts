import { createSessionManager, type Session, type SessionManager, type SessionStore } from '@x/session-manager'
import {
  convertToModelMessages,
  generateId,
  type LanguageModel,
  readUIMessageStream,
  streamText,
  toUIMessageStream,
  type UIMessage,
} from 'ai'

/** A session of UI messages: a delta is the whole message as it is by now. */
export type Chat = Session<UIMessage, object, UIMessage>

/** UI messages as the AI SDK makes them, with their parts, in any store. */
export function createChats(store: SessionStore): SessionManager<UIMessage, object, UIMessage> {
  return createSessionManager<UIMessage, object, UIMessage>({ store, applyDelta: (_message, next) => next })
}

/**
 * Asks the model. Both messages are stored as they come: a reload in mid-reply finds what was there, marked
 * `interrupted`. `stop` ends the reply; a reader who leaves does not.
 */
export async function ask(chat: Chat, model: LanguageModel, text: string, stop?: AbortSignal): Promise<void> {
  await chat.turn(async ({ session, signal }) => {
    await session.append({ id: generateId(), role: 'user', parts: [{ type: 'text', text }] })
    const messages = await convertToModelMessages([...session.messages])
    const { stream } = streamText({ model, messages, abortSignal: signal, onError() {} }) // It comes below.
    let failure: { readonly error: unknown } | undefined
    const onError = (error: unknown): string => {
      failure ??= { error }
      return 'The model failed.'
    }
    await using reply = await session.stream({ role: 'assistant', parts: [] })
    for await (const message of readUIMessageStream({ stream: toUIMessageStream({ stream, onError }), onError })) {
      reply.write(message)
    }
    if (failure) await reply.fail() // What came is kept.
    if (failure) throw failure.error
    signal.throwIfAborted() // `await using` marks the reply as interrupted.
    await reply.complete()
  }, stop && { signal: stop })
}
