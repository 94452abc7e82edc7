import { Observable } from '../chat/observable.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { scenarios } from '../scenarios/scenarios.ts'
import { Stage } from './stage.ts'
import type { WayName } from './way.ts'

/** A scenario as it is, or was last, played. */
export interface Performance {
  readonly scenario: Scenario
  readonly seed: number
  readonly stages: readonly { readonly way: WayName; readonly stage: Stage }[]
  readonly isOver: boolean
}

/** What a link asks for. */
export interface Invitation {
  readonly scenario: Scenario
  readonly seed: number
  readonly ways: readonly WayName[]
}

const BOTH: readonly WayName[] = ['old', 'ours']

/** Where the scenarios are played, one at a time. */
export class Lab {
  readonly performance = new Observable<Performance | undefined>(undefined)

  async play({ scenario, seed, ways }: Invitation): Promise<void> {
    if (this.performance.getSnapshot()?.isOver === false) return
    const stages = ways.map(way => ({ way, stage: new Stage(way) }))
    this.performance.set({ scenario, seed, stages, isOver: false })
    await Promise.all(stages.map(({ stage }) => stage.play(seed, scenario.play)))
    this.performance.set({ scenario, seed, stages, isOver: true })
  }
}

/** The link that plays a scenario. */
export function linkTo({ name }: Scenario, seed: number, way?: WayName): string {
  return `?scenario=${name}&seed=${seed}${way ? `&way=${way}` : ''}`
}

/** What an address asks for, if it asks for a scenario. */
export function invitationIn(search: string): Invitation | undefined {
  const asked = new URLSearchParams(search)
  const scenario = scenarios.find(({ name }) => name === asked.get('scenario'))
  const seed = Number(asked.get('seed') ?? 1)
  const way = BOTH.filter(name => name === asked.get('way'))
  return scenario && { scenario, seed: Number.isSafeInteger(seed) ? seed : 1, ways: way.length > 0 ? way : BOTH }
}
