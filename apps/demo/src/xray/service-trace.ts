import type { CircuitState } from '@x/retry'
import { service } from '../chat/service.ts'
import type { Watchable } from './watchable.ts'

/** The breaker and the budget that all replies of a page share. */
export interface ServiceState {
  readonly breaker: CircuitState
  readonly tokens: number
}

/** Both as they are. The budget tells nobody when it changes: who shows it looks again from time to time. */
export class ServiceTrace implements Watchable<ServiceState> {
  #last: ServiceState = { breaker: 'closed', tokens: 0 }

  subscribe = (listener: () => void): (() => void) => service.breaker.on('state-changed', listener)

  getSnapshot = (): ServiceState => {
    const [breaker, tokens] = [service.breaker.state, Math.floor(service.budget.tokens)]
    if (breaker !== this.#last.breaker || tokens !== this.#last.tokens) this.#last = { breaker, tokens }
    return this.#last
  }
}
