import { parseNumbered } from '../../shared/numbered.ts'
import type { CallTrace } from '../xray/retry-trace.ts'
import type { ChatSession } from './chats.ts'
import { exchangesOf, promptFor, type Stored } from './messages.ts'
import type { Progress } from './progress.ts'
import { ReplyForgottenError, requestReply } from './request-reply.ts'

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
  const begun = replyTo(session, question.id)
  let writer: Awaited<ReturnType<ChatSession['stream']>> | undefined
  const begin = async (run: string): Promise<void> => {
    report('streaming')
    writer ??= await session.stream(
      begun ? { id: begun.id } : { role: 'assistant', content: '', replyTo: question.id, run },
    )
  }
  report('asking')
  try {
    await requestReply(
      {
        model: question.bot ?? 'echo',
        messages: promptFor(session.messages, question.id),
        metadata: { client, chat: session.id, message: question.id },
      },
      { begin, write: text => writer?.write(text), waiting: () => report('waiting') },
      { received: parseNumbered(begun?.content ?? '').length, trace, signal },
    )
    await writer?.complete()
  } catch (error) {
    // Refused when another tab has taken the turn over: then the reply is in its hands.
    await writer?.fail(error).catch(() => {})
    if (!(error instanceof ReplyForgottenError)) throw error
    const part = replyTo(session, question.id)
    if (part) await session.remove(part.id)
    await writeReply(session, question, circumstances)
  }
}

/** The reply to a question, as far as it is there. */
export function replyTo(session: ChatSession, questionId: string): Stored | undefined {
  return exchangesOf(session.messages).find(({ question }) => question.id === questionId)?.reply
}
