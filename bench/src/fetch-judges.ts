import type { ReceivedRequest } from '@x/fetch-retry/testing'
import type { Answer } from './fetch-client.ts'

/** What one client did in one situation, and whether that is right. */
export interface Verdict {
  readonly text: string
  readonly isRight: boolean
}

export interface Run {
  readonly answer: Answer | undefined
  readonly error: unknown
  readonly sent: readonly ReceivedRequest[]
  /** Milliseconds to the end, or to the moment when nobody waited any longer. */
  readonly tookMs: number
  readonly isOver: boolean
  /** Between the first request and the second, at the server. */
  readonly waitMs: number | undefined
}

export const ms = (value: number | undefined) => (value === undefined ? 'no retry' : `${Math.round(value)} ms`)
export const waits =
  (least: number) =>
  (run: Run): Verdict => ({
    text:
      run.waitMs === undefined
        ? 'no retry'
        : run.waitMs >= least - 2
          ? `waits ${ms(run.waitMs)}`
          : `after ${ms(run.waitMs)}`,
    isRight: (run.waitMs ?? 0) >= least - 2 && run.answer?.text === 'fine',
  })
export const recovers = ({ answer, error, sent, isOver }: Run): Verdict => ({
  text: isOver
    ? answer
      ? `${answer.status}, ${sent.length} sent`
      : `${(error as Error).name}, ${sent.length} sent`
    : 'hangs',
  isRight: answer?.text === 'fine',
})
export const sentOnce = ({ sent }: Run): Verdict => ({ text: `${sent.length} sent`, isRight: sent.length === 1 })
export const sameBodies = (run: Run): Verdict => {
  const bodies = run.sent.map(({ body }) => Buffer.from(body).toString())
  const isRight = bodies.every(body => body === 'body') && run.answer !== undefined
  const outcome = run.isOver ? (run.answer?.status ?? (run.error as Error).name) : 'hangs'
  return { text: `${bodies.map(body => body || 'EMPTY').join(', ')}: ${outcome}`, isRight }
}

export const REASON = new Error('the reason')

export function abortAfter(afterMs: number, reason: unknown = REASON): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), afterMs)
  return controller.signal
}
export const aborted =
  (reason: unknown) =>
  ({ error, isOver }: Run): Verdict => ({
    text: error === reason ? 'the reason' : isOver ? `another error` : 'late',
    isRight: error === reason,
  })
