import type { Faults } from '../../shared/faults.ts'

/** Ready-made weathers, from none to a lot. */
export const forecasts: readonly { readonly name: string; readonly faults: Partial<Faults> }[] = [
  { name: 'Calm', faults: { latencyMs: 60, unavailable: 0, rateLimited: 0, dropped: 0, stalled: 0, garbled: 0 } },
  {
    name: 'Breeze',
    faults: { latencyMs: 250, unavailable: 0.1, rateLimited: 0.05, dropped: 0.15, stalled: 0, garbled: 0 },
  },
  {
    name: 'Gale',
    faults: { latencyMs: 400, unavailable: 0.3, rateLimited: 0.1, dropped: 0.3, stalled: 0.05, garbled: 0.05 },
  },
  {
    name: 'Storm',
    faults: { latencyMs: 800, unavailable: 0.5, rateLimited: 0.2, dropped: 0.6, stalled: 0.15, garbled: 0.1 },
  },
]

export interface Dial {
  readonly fault: keyof Faults
  readonly label: string
  readonly max: number
  readonly step: number
  /** What becomes of that share of the requests. */
  readonly share?: string
  format(value: number): string
}

const percent = (value: number): string => `${Math.round(value * 100)} %`
const milliseconds = (value: number): string => (value < 1000 ? `${value} ms` : `${value / 1000} s`)

export const dials: readonly Dial[] = [
  { fault: 'unavailable', label: 'Refused with 503', max: 0.9, step: 0.05, share: 'refused with 503', format: percent },
  {
    fault: 'rateLimited',
    label: 'Refused with 429',
    max: 0.9,
    step: 0.05,
    share: 'told to wait (429)',
    format: percent,
  },
  { fault: 'dropped', label: 'Stream cut', max: 1, step: 0.05, share: 'cut off', format: percent },
  { fault: 'stalled', label: 'Stream falls silent', max: 0.9, step: 0.05, share: 'gone silent', format: percent },
  { fault: 'garbled', label: 'Event torn', max: 0.9, step: 0.05, share: 'torn', format: percent },
  { fault: 'latencyMs', label: 'Latency', max: 3000, step: 20, format: milliseconds },
  { fault: 'retryAfterSeconds', label: 'Retry-After', max: 8, step: 1, format: value => `${value} s` },
  { fault: 'paceMs', label: 'Token pause', max: 300, step: 5, format: milliseconds },
]

/** The faults of a forecast, by its name. */
export function faultsOf(name: string): Partial<Faults> {
  return forecasts.find(forecast => forecast.name === name)?.faults ?? {}
}

/** What these faults do, in a sentence. */
export function describeFaults(faults: Faults): string {
  const shares = dials.filter(({ fault, share }) => share !== undefined && faults[fault] > 0)
  const sentences = shares.map(({ fault, format, share }) => `${format(faults[fault])} ${share}`)
  const latency = `${milliseconds(faults.latencyMs)} of latency`
  return shares.length === 0 ? `Nothing fails; ${latency}.` : `${sentences.join(', ')}; ${latency}.`
}

/** The forecast that describes these faults, if one does. */
export function forecastOf(faults: Faults): string | undefined {
  return forecasts.find(forecast =>
    Object.entries(forecast.faults).every(([name, value]) => faults[name as keyof Faults] === value),
  )?.name
}
