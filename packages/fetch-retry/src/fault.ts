const FAULTS = [
  'reset-before-headers',
  'reset-in-headers',
  'reset-in-body',
  'truncated-body',
  'stalled-headers',
  'stalled-body',
  'endless-body',
  'split-body',
] as const

/**
 * How an answer goes wrong: the connection is reset before, in the middle of or after the headers, or closed properly
 * in mid-body; headers or body stop coming; the body never ends, or comes byte by byte.
 */
export type Fault = (typeof FAULTS)[number]

/** One answer of a server that fails on purpose. */
export interface FaultReply {
  /** @defaultValue 200 */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined
  /** @defaultValue `ok` */
  readonly body?: string | Uint8Array | undefined
  /** Milliseconds before the headers. @defaultValue 0 */
  readonly delayMs?: number | undefined
  /** @defaultValue none */
  readonly fault?: Fault | undefined
  /**
   * Bytes of the body that are sent before a fault in it, which comes before the end all the same.
   * @defaultValue half of a body that is given here; of a handler's, up to 2,000, drawn by the seed
   */
  readonly faultAfter?: number | undefined
}

/**
 * The share of answers, from 0 to 1, that meet each fault, or come with a status in place of their own; as an object,
 * with what else to answer: `{ '429': { share: 0.1, headers: { 'retry-after': '1' } } }`.
 */
export type FaultShares = Readonly<
  Partial<Record<Fault | `${4 | 5}${number}`, number | (FaultReply & { readonly share: number })>>
>

/** Refuses a fault that would never come, and a test that could not fail. @throws TypeError */
export function checkFault({ fault }: FaultReply): void {
  if (fault !== undefined) checkName('fault', fault, FAULTS.includes(fault))
}

/** @throws TypeError */
export function checkShares(shares: FaultShares = {}): void {
  for (const name of Object.keys(shares))
    checkName('faults', name, /^[45]\d\d$/.test(name) || FAULTS.includes(name as Fault))
}

function checkName(option: string, name: string, isKnown: boolean): void {
  const others = option === 'faults' ? ', or a status from 400 on' : ''
  if (!isKnown) throw new TypeError(`\`${option}\` must be of ${FAULTS.join(', ')}${others}, got ${name}`)
}
