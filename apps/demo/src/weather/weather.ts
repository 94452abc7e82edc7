import { CALM, type Faults } from '../../shared/faults.ts'
import { Observable } from '../chat/observable.ts'

/** The server's faults as the page knows them. */
export class WeatherControl {
  readonly faults = new Observable(CALM)

  async load(): Promise<void> {
    const response = await fetch('faults')
    if (response.ok) this.faults.set(await response.json())
  }

  /** Shows the change at once and hands it to the server. */
  async change(change: Partial<Faults>): Promise<void> {
    this.faults.update(faults => ({ ...faults, ...change }))
    const response = await fetch('faults', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    })
    if (!response.ok) await this.load()
  }
}
