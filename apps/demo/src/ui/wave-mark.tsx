import type { VNode } from 'preact'
import { forecastOf, forecasts } from '../weather/forecast.ts'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

const CALMEST = 2
const STEP = 2.2

/** The mark of the page: two waves, as high as the weather is bad. */
export function WaveMark(): VNode {
  const forecast = forecastOf(useStore(useSquall().weather.faults))
  const known = forecasts.findIndex(({ name }) => name === forecast)
  const height = CALMEST + STEP * (known === -1 ? 2 : known)
  const wave = (y: number): string => `M2.5 ${y}q3.75 ${-height} 7.5 0t7.5 0`
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={wave(7.5) + wave(13)} />
    </svg>
  )
}
