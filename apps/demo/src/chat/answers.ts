import { withoutNumbers } from '../../shared/numbered.ts'
import type { LockTrace } from '../xray/lock-trace.ts'
import type { RetryTrace } from '../xray/retry-trace.ts'
import type { ChatSession } from './chats.ts'
import type { Stored } from './messages.ts'
import { Observable } from './observable.ts'
import type { Progress } from './progress.ts'
import { replyTo, writeReply } from './write-reply.ts'

interface Parts {
  readonly client: string
  readonly retryTrace: RetryTrace
  readonly lockTrace: LockTrace
}

/** The work on one reply. */
interface Job {
  readonly abort: AbortController
  readonly ended: PromiseWithResolvers<void>
  /** Whether the server has ended the reply early, once that was asked for. */
  stopping?: Promise<boolean>
}

/** Gets replies, one at a time in each chat. */
export class Answers {
  /** By question, for those being worked on. */
  readonly progress = new Observable<ReadonlyMap<string, Progress>>(new Map())
  /** The latest event worth a sentence. */
  readonly news = new Observable('')
  readonly #parts: Parts
  readonly #jobs = new Map<string, Job>()
  readonly #failures = new Map<string, string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Why the last try to get this reply ended without one. */
  failureOf(questionId: string): string | undefined {
    return this.#failures.get(questionId)
  }

  /** Waits for the chat's turn, then gets the reply, or what is missing of it. Never rejects. */
  async answer(session: ChatSession, question: Stored): Promise<void> {
    if (this.#jobs.has(question.id)) return
    const job: Job = { abort: new AbortController(), ended: Promise.withResolvers() }
    this.#jobs.set(question.id, job)
    this.#failures.delete(question.id)
    const label = labelOf(question)
    try {
      await this.#inTurn(session, question, job, label)
      this.news.set(`The reply to ${label} is complete: ${spoken(replyTo(session, question.id))}`)
    } catch (error) {
      if (job.abort.signal.aborted) {
        this.news.set(`Stopped the reply to ${label}`)
        await session.edit(question.id, { stopped: true }).catch(() => {}) // The chat was deleted meanwhile.
      } else {
        this.#failures.set(question.id, `gave up: ${(error as Error).message}`)
        this.news.set(`The reply to ${label} failed`)
      }
    } finally {
      this.#parts.lockTrace.ended(question.id)
      this.#jobs.delete(question.id)
      this.#report(question.id, undefined)
      job.ended.resolve()
    }
  }

  /** Ends the work on these replies, wherever it is. */
  async abandon(questionIds: readonly string[]): Promise<void> {
    await Promise.all(
      questionIds.map(async id => {
        const job = this.#jobs.get(id)
        job?.abort.abort()
        await job?.ended.promise
      }),
    )
  }

  /** Ends the reply where it is. The server stops making it; what it had made still comes and is kept. */
  async stop(questionId: string): Promise<void> {
    const job = this.#jobs.get(questionId)
    if (job === undefined || job.stopping !== undefined) return
    const { chat = '' } = this.progress.getSnapshot().get(questionId) ?? {}
    this.#report(questionId, { chat, phase: 'stopping' })
    job.stopping = this.#stopAtServer(questionId, job)
    await job.stopping
  }

  async #stopAtServer(questionId: string, job: Job): Promise<boolean> {
    const response = await fetch(`generations/${questionId}/stop`, { method: 'POST' }).catch(() => undefined)
    const { state } = response?.ok ? await response.json() : { state: 'absent' }
    if (state === 'absent') job.abort.abort()
    return state === 'stopped'
  }

  async #inTurn(session: ChatSession, question: Stored, job: Job, label: string): Promise<void> {
    const { client, lockTrace, retryTrace } = this.#parts
    const report = (phase: Progress['phase']): void => {
      this.#report(question.id, { chat: session.id, phase: job.stopping === undefined ? phase : 'stopping' })
    }
    report('queued')
    lockTrace.asked(question.id, session.id, label)
    const { signal: stopped } = job.abort
    await session.turn(
      async turn => {
        lockTrace.granted(question.id)
        // While this page waited, another one may have got it.
        if (replyTo(turn.session, question.id)?.status === 'complete') return
        const trace = retryTrace.begin(question.id, label)
        const signal = AbortSignal.any([turn.signal, stopped])
        try {
          await writeReply(turn.session, question, { client, trace, signal, report })
          trace.complete()
        } catch (error) {
          trace.failed(error)
          throw error
        }
        const reply = replyTo(turn.session, question.id)
        if (reply && (await job.stopping)) await turn.session.edit(reply.id, { stopped: true })
      },
      { signal: stopped },
    )
  }

  #report(questionId: string, progress: Progress | undefined): void {
    this.progress.update(before => {
      if (before.get(questionId)?.phase === progress?.phase) return before
      const after = new Map(before)
      if (progress) after.set(questionId, progress)
      else after.delete(questionId)
      return after
    })
  }
}

const MOST_SPOKEN = 1000

/** A reply as a screen reader says it. */
function spoken(reply: Stored | undefined): string {
  const text = withoutNumbers(reply?.content ?? '')
  return text.length > MOST_SPOKEN ? `${text.slice(0, MOST_SPOKEN)}…` : text
}

function labelOf({ content }: Stored): string {
  return `“${content.length > 28 ? `${content.slice(0, 27).trimEnd()}…` : content}”`
}
