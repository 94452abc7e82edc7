/** What is accepted: in words, as a test, and the type within which it is a matter of range. */
interface Rule {
  readonly accepted: string
  readonly accepts: (value: unknown) => unknown
  readonly type?: string
}

const DURATION: Rule = {
  accepted: 'a number of milliseconds >= 0',
  accepts: ms => typeof ms === 'number' && ms >= 0,
  type: 'number',
}
const FUNCTION: Rule = { accepted: 'a function', accepts: value => typeof value === 'function' }

/** Of every option that a retry, or a part of it, takes. */
const RULES: Readonly<Record<string, Rule>> = {
  attempt: { accepted: 'an integer >= 1', accepts: n => Number.isInteger(n) && (n as number) >= 1, type: 'number' },
  ms: DURATION,
  maxRetries: {
    accepted: 'an integer >= 0',
    accepts: n => n === Infinity || (Number.isInteger(n) && (n as number) >= 0),
    type: 'number',
  },
  baseDelayMs: DURATION,
  maxDelayMs: DURATION,
  factor: { accepted: 'a number >= 1', accepts: n => typeof n === 'number' && n >= 1, type: 'number' },
  backoff: {
    accepted: 'exponential, linear, constant or a function',
    accepts: value => typeof value === 'function' || /^(exponential|linear|constant)$/.test(String(value)),
    type: 'string',
  },
  jitter: {
    accepted: 'full, equal, decorrelated or none',
    accepts: value => /^(full|equal|decorrelated|none)$/.test(String(value)),
    type: 'string',
  },
  timeoutMs: DURATION,
  deadlineMs: DURATION,
  maxRetryAfterMs: DURATION,
  signal: {
    accepted: 'an AbortSignal',
    accepts: signal => (signal as Partial<AbortSignal> | null)?.addEventListener,
  },
  shouldRetry: FUNCTION,
  retryOnResult: FUNCTION,
  classify: FUNCTION,
  delayFromError: FUNCTION,
  onRetry: FUNCTION,
  onGiveUp: FUNCTION,
  onHookError: FUNCTION,
  random: FUNCTION,
}

/**
 * Checks the options that are given; `undefined` is not.
 *
 * @throws TypeError or RangeError that names the option, what is accepted and what came.
 */
export function checkOptions(options: object): void {
  for (const name in options) {
    const value: unknown = options[name as never]
    const rule = RULES[name]
    if (rule && value !== undefined && !rule.accepts(value)) refuse(name, value, rule)
  }
}

function refuse(name: string, value: unknown, { accepted, type }: Rule): never {
  const came =
    typeof value === 'string' ? `"${value}"` : typeof value === 'object' && value ? 'an object' : String(value)
  const message = `\`${name}\` must be ${accepted}, got ${came}`
  throw typeof value === type ? new RangeError(message) : new TypeError(message)
}
