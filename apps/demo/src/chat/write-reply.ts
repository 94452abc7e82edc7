import { isHttpError } from '@x/fetch-retry'
import type { CallTrace } from '../xray/retry-trace.ts'
import type { ChatSession } from './chats.ts'
import { exchangesOf, promptFor, type Stored } from './messages.ts'
import type { Progress } from './progress.ts'
import { requestReply } from './request-reply.ts'

export interface ReplyCircumstances {
  readonly client: string
  readonly trace: CallTrace
  readonly signal: AbortSignal
  report(phase: Progress['phase']): void
}

/**
 * Gets the reply to a question and writes it into the question's own chat, as it comes. One that was begun, by this page
 * or an earlier one, goes on where it ended; when the server has forgotten it, it is begun anew.
 */
export async function writeReply(
  session: ChatSession,
  question: Stored,
  circumstances: ReplyCircumstances,
): Promise<void> {
  const { client, trace, signal, report } = circumstances
  // The id follows from the question's, so that no two tabs can begin two replies to one question.
  const id = `${question.id}-reply`
  const begun = replyTo(session, question.id)
  // What the writer goes on from decides what to ask for: another tab's last words may come in until it is there.
  let writer = begun && (await session.stream({ id }))
  const request = {
    model: question.bot ?? 'echo',
    seed: question.seed ?? 0,
    messages: promptFor(session.messages, question.id),
    metadata: { client, chat: session.id, message: question.id },
  }
  const pieces = requestReply(request, {
    lastEventId: writer && `${writer.message.run}:${writer.message.content.length}`,
    signal,
    fetch: trace.fetch,
    onRetry(decision) {
      trace.retrying(decision)
      report('waiting')
    },
  })
  report('asking')
  try {
    for await (const { text, run } of pieces) {
      writer ??= await session.stream({ id, role: 'assistant', content: '', replyTo: question.id, run })
      writer.write(text)
      report('streaming')
    }
    await writer?.complete()
  } catch (error) {
    // Refused when another tab has taken the turn over: then the reply is in its hands.
    await writer?.fail(error).catch(() => {})
    const part = replyTo(session, question.id)
    const forgotten = isHttpError(error) && error.status === 404
    if (!forgotten || !part) throw error
    await session.remove(part.id)
    await writeReply(session, question, circumstances)
  }
}

/** The reply to a question, as far as it is there. */
export function replyTo(session: ChatSession, questionId: string): Stored | undefined {
  return exchangesOf(session.messages).find(({ question }) => question.id === questionId)?.reply
}
