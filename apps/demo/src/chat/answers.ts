import { parseNumbered } from '../../shared/numbered.ts'
import type { LockTrace } from '../xray/lock-trace.ts'
import type { CallTrace, RetryTrace } from '../xray/retry-trace.ts'
import type { ChatSession } from './chats.ts'
import { exchangesOf, promptFor } from './messages.ts'
import { Observable } from './observable.ts'
import type { Progress } from './progress.ts'
import { ReplyForgottenError, requestReply } from './request-reply.ts'

interface Parts {
  readonly client: string
  readonly retryTrace: RetryTrace
  readonly lockTrace: LockTrace
}

/** Gets replies and writes them into their own chats, one at a time in each. */
export class Answers {
  /** By question, for those being worked on. */
  readonly progress: Observable<ReadonlyMap<string, Progress>> = new Observable<ReadonlyMap<string, Progress>>(
    new Map(),
  )
  /** The latest event worth a sentence. */
  readonly news: Observable<string> = new Observable('')
  readonly #parts: Parts
  readonly #aborts = new Map<string, AbortController>()
  readonly #stopped = new Set<string>()
  readonly #failures = new Map<string, string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Why the last try to get this reply ended without one. */
  failureOf(questionId: string): string | undefined {
    return this.#failures.get(questionId)
  }

  /** Waits for the chat's turn, then gets the reply, or what is missing of it. Never rejects. */
  async answer(session: ChatSession, questionId: string): Promise<void> {
    if (this.#aborts.has(questionId)) return
    const { lockTrace, retryTrace } = this.#parts
    const label = labelOf(session, questionId)
    const abort = new AbortController()
    this.#aborts.set(questionId, abort)
    this.#failures.delete(questionId)
    this.#report(questionId, { chat: session.id, phase: 'queued' })
    lockTrace.asked(questionId, session.id, label)
    try {
      await session.turn(
        async turn => {
          lockTrace.granted(questionId)
          if (isAnswered(turn.session, questionId)) return
          const trace = retryTrace.begin(questionId, label)
          const signal = AbortSignal.any([turn.signal, abort.signal])
          await this.#fill(turn.session, questionId, { trace, signal }).finally(() => trace.ended())
          this.news.set(`The reply to ${label} is complete`)
        },
        { signal: abort.signal },
      )
    } catch (error) {
      const stopped = abort.signal.aborted
      if (stopped) session.edit(questionId, { stopped: true }).catch(() => {}) // The chat was deleted meanwhile.
      this.#failures.set(questionId, stopped ? 'stopped by you' : `no reply: ${(error as Error).message}`)
      this.news.set(stopped ? `Stopped the reply to ${label}` : `The reply to ${label} failed`)
    } finally {
      lockTrace.ended(questionId)
      this.#aborts.delete(questionId)
      this.#report(questionId, undefined)
    }
  }

  /** Ends the reply where it is. The server stops making it; what it had made still comes and is kept. */
  async stop(questionId: string): Promise<void> {
    const response = await fetch(`/generations/${questionId}/stop`, { method: 'POST' }).catch(() => undefined)
    if (response?.ok) this.#stopped.add(questionId)
    else this.#aborts.get(questionId)?.abort()
  }

  /** Writes the reply into its chat; one that was begun, by this page or an earlier one, goes on where it ended. */
  async #fill(
    session: ChatSession,
    questionId: string,
    { trace, signal }: { trace: CallTrace; signal: AbortSignal },
  ): Promise<void> {
    const report = (phase: Progress['phase']): void => this.#report(questionId, { chat: session.id, phase })
    const begun = replyTo(session, questionId)
    let writer: Awaited<ReturnType<ChatSession['stream']>> | undefined
    const begin = async (run: string): Promise<void> => {
      report('streaming')
      writer ??= await session.stream(
        begun ? { id: begun.id } : { role: 'assistant', content: '', replyTo: questionId, run },
      )
    }
    report('asking')
    try {
      await requestReply(
        {
          model: session.metadata.bot,
          messages: promptFor(session.messages, questionId),
          metadata: { client: this.#parts.client, chat: session.id, message: questionId },
        },
        { begin, write: text => writer?.write(text), waiting: () => report('waiting') },
        { received: parseNumbered(begun?.content ?? '').length, trace, signal },
      )
      await writer?.complete()
    } catch (error) {
      // Refused when another tab has taken the turn over: then the reply is in its hands.
      await writer?.fail(error).catch(() => {})
      if (!(error instanceof ReplyForgottenError)) throw error
      await removeReply(session, questionId)
      return await this.#fill(session, questionId, { trace, signal })
    }
    if (this.#stopped.delete(questionId) && writer) await markStopped(session, questionId)
  }

  #report(questionId: string, progress: Progress | undefined): void {
    this.progress.update(before => {
      const after = new Map(before)
      if (progress) after.set(questionId, progress)
      else after.delete(questionId)
      return after
    })
  }
}

function replyTo(session: ChatSession, questionId: string) {
  return exchangesOf(session.messages).find(({ question }) => question.id === questionId)?.reply
}

function isAnswered(session: ChatSession, questionId: string): boolean {
  return replyTo(session, questionId)?.status === 'complete'
}

async function removeReply(session: ChatSession, questionId: string): Promise<void> {
  const reply = replyTo(session, questionId)
  if (reply) await session.remove(reply.id)
}

async function markStopped(session: ChatSession, questionId: string): Promise<void> {
  const reply = replyTo(session, questionId)
  if (reply) await session.edit(reply.id, { stopped: true })
}

function labelOf(session: ChatSession, questionId: string): string {
  const text = session.messages.find(({ id }) => id === questionId)?.content ?? ''
  return `“${text.length > 28 ? `${text.slice(0, 27).trimEnd()}…` : text}”`
}
