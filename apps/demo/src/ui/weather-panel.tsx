import type { VNode } from 'preact'
import { describeFaults, dials, forecastOf, forecasts } from '../weather/forecast.ts'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

/** Where the dials do not push the x-ray out of sight. */
const ROOMY = '(min-height: 1080px), (max-width: 959px)'

const MOST_SEED = 2 ** 32 - 1

/** The faults, set by the visitor. */
export function WeatherPanel(): VNode {
  const { weather } = useSquall()
  const faults = useStore(weather.faults)
  const forecast = forecastOf(faults)
  return (
    <section class="panel weather" aria-labelledby="weather-title">
      <h2 id="weather-title">Weather</h2>
      <p class="explain">What the server does to each request for a reply.</p>
      <fieldset class="choices">
        <legend class="sr-only">Forecast</legend>
        {forecasts.map(({ name, faults: change }) => (
          <button
            key={name}
            type="button"
            class="choice forecast"
            aria-pressed={name === forecast}
            onClick={() => void weather.change(change)}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <p class="faults">{describeFaults(faults)}</p>
      <details class="by-hand" open={matchMedia(ROOMY).matches}>
        <summary>Set each fault by hand</summary>
        <div class="dials">
          {dials.map(({ fault, label, max, step, format }) => (
            <label key={fault} class="dial" style={{ '--fill': `${(faults[fault] / max) * 100}%` }}>
              <span>{label}</span>
              <output>{format(faults[fault])}</output>
              <input
                type="range"
                min={0}
                max={max}
                step={step}
                value={faults[fault]}
                aria-valuetext={format(faults[fault])}
                onInput={event => void weather.change({ [fault]: Number(event.currentTarget.value) })}
              />
            </label>
          ))}
          <label class="dial">
            <span>Seed</span>
            <input
              type="number"
              min={0}
              max={MOST_SEED}
              value={faults.seed}
              title="The same seed and the same order of requests bring the same faults"
              onChange={event => {
                const { valueAsNumber: seed, validity } = event.currentTarget
                if (validity.valid && Number.isInteger(seed)) void weather.change({ seed })
              }}
            />
          </label>
        </div>
      </details>
    </section>
  )
}
