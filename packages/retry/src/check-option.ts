/** What is accepted: in words, as a test, and the type within which it is a matter of range. */
export interface Rule {
  readonly accepted: string
  readonly accepts: (value: unknown) => unknown
  readonly type?: string
}

export type Rules = Readonly<Record<string, Rule>>

export const DURATION: Rule = {
  accepted: 'a number of milliseconds >= 0',
  accepts: ms => typeof ms === 'number' && ms >= 0,
  type: 'number',
}

export const AMOUNT: Rule = {
  accepted: 'a number >= 0',
  accepts: n => typeof n === 'number' && n >= 0,
  type: 'number',
}

export const COUNT: Rule = {
  accepted: 'an integer >= 1',
  accepts: n => Number.isInteger(n) && (n as number) >= 1,
  type: 'number',
}

export const FUNCTION: Rule = { accepted: 'a function', accepts: value => typeof value === 'function' }

export const OBJECT: Rule = { accepted: 'an object', accepts: value => Object(value) === value }

export const SIGNAL: Rule = {
  accepted: 'an AbortSignal',
  accepts: value => (value as Partial<AbortSignal> | null)?.addEventListener,
}

/**
 * Checks the options that are given; `undefined` is not.
 *
 * @throws TypeError or RangeError that names the option, what is accepted and what came.
 */
export function checkOptions(options: object, rules: Rules): void {
  checkOption('options', options, OBJECT)
  for (const name in options) checkOption(name, options[name as never], rules[name])
}

export function checkOption(name: string, value: unknown, rule: Rule | undefined): void {
  if (rule && value !== undefined && !rule.accepts(value)) refuse(name, value, rule)
}

function refuse(name: string, value: unknown, { accepted, type }: Rule): never {
  const came =
    typeof value === 'string' ? `"${value}"` : typeof value === 'object' && value ? 'an object' : String(value)
  const message = `\`${name}\` must be ${accepted}, got ${came}`
  throw typeof value === type ? new RangeError(message) : new TypeError(message)
}
