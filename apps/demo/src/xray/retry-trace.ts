import { isHttpError } from '@x/fetch-retry'
import { Observable } from '../chat/observable.ts'

export type Outcome = 'running' | 'complete' | 'refused' | 'cut' | 'silent' | 'stopped'

export interface Attempt {
  readonly startedAt: number
  readonly endedAt?: number
  readonly outcome: Outcome
  readonly status?: number
}

export interface Wait {
  readonly startedAt: number
  readonly delayMs: number
  /** The server asked for this long at least. */
  readonly hintMs?: number
}

/** One reply on the time line: what was tried, and the waits between. */
export interface Call {
  readonly id: string
  readonly label: string
  readonly startedAt: number
  readonly endedAt?: number
  readonly attempts: readonly Attempt[]
  readonly waits: readonly Wait[]
}

const MOST_CALLS = 12

/** The retries of the latest replies, newest first. */
export class RetryTrace {
  readonly calls = new Observable<readonly Call[]>([])

  begin(id: string, label: string): CallTrace {
    const call: Call = { id, label, startedAt: performance.now(), attempts: [], waits: [] }
    this.calls.update(calls => [call, ...calls.filter(other => other.id !== id)].slice(0, MOST_CALLS))
    return new CallTrace(change =>
      this.calls.update(calls => calls.map(other => (other.id === id ? { ...other, ...change(other) } : other))),
    )
  }
}

/** Writes one call down. It sees what any user of the packages can see: the `fetch` it hands over, and `onRetry`. */
export class CallTrace {
  readonly #change: (change: (call: Call) => Partial<Call>) => void

  constructor(change: (change: (call: Call) => Partial<Call>) => void) {
    this.#change = change
  }

  /** For the `fetch` option: one attempt each. */
  readonly fetch: typeof fetch = async (input, init) => {
    // The one before delivered something that could not be read.
    this.#endAttempt('cut')
    this.#change(({ attempts }) => ({ attempts: [...attempts, { startedAt: performance.now(), outcome: 'running' }] }))
    try {
      const response = await fetch(input, init)
      if (!response.ok) this.#endAttempt('refused', response.status)
      return response
    } catch (error) {
      this.#endAttempt(outcomeOf(error))
      throw error
    }
  }

  /** For the `onRetry` option: the attempt is over, also one that broke off in its body, and a wait begins. */
  readonly retrying = ({ delayMs, error }: { readonly delayMs: number; readonly error: unknown }): void => {
    this.#endAttempt(outcomeOf(error))
    const hintMs = isHttpError(error) ? error.retryAfterMs : undefined
    const wait: Wait = { startedAt: performance.now(), delayMs, ...(hintMs === undefined ? {} : { hintMs }) }
    this.#change(({ waits }) => ({ waits: [...waits, wait] }))
  }

  complete(): void {
    this.#endAttempt('complete')
    this.#change(() => ({ endedAt: performance.now() }))
  }

  failed(error: unknown): void {
    this.#endAttempt(outcomeOf(error))
    this.#change(() => ({ endedAt: performance.now() }))
  }

  #endAttempt(outcome: Outcome, status?: number): void {
    this.#change(({ attempts }) => {
      const last = attempts.at(-1)
      if (last?.outcome !== 'running') return {}
      const ended = { ...last, outcome, endedAt: performance.now(), ...(status === undefined ? {} : { status }) }
      return { attempts: [...attempts.slice(0, -1), ended] }
    })
  }
}

function outcomeOf(error: unknown): Outcome {
  const { name } = error as Error
  return name === 'AbortError' ? 'stopped' : name === 'TimeoutError' ? 'silent' : 'cut'
}
