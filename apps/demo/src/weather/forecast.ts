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
  format(value: number): string
}

const percent = (value: number): string => `${Math.round(value * 100)} %`
const milliseconds = (value: number): string => (value < 1000 ? `${value} ms` : `${value / 1000} s`)

export const dials: readonly Dial[] = [
  { fault: 'unavailable', label: 'Refused with 503', max: 0.9, step: 0.05, format: percent },
  { fault: 'rateLimited', label: 'Refused with 429', max: 0.9, step: 0.05, format: percent },
  { fault: 'dropped', label: 'Stream cut', max: 1, step: 0.05, format: percent },
  { fault: 'stalled', label: 'Stream falls silent', max: 0.9, step: 0.05, format: percent },
  { fault: 'garbled', label: 'Event torn', max: 0.9, step: 0.05, format: percent },
  { fault: 'latencyMs', label: 'Latency', max: 3000, step: 20, format: milliseconds },
  { fault: 'retryAfterSeconds', label: 'Retry-After', max: 8, step: 1, format: value => `${value} s` },
  { fault: 'paceMs', label: 'Token pause', max: 300, step: 5, format: milliseconds },
]

/** The forecast that describes these faults, if one does. */
export function forecastOf(faults: Faults): string | undefined {
  return forecasts.find(forecast =>
    Object.entries(forecast.faults).every(([name, value]) => faults[name as keyof Faults] === value),
  )?.name
}
