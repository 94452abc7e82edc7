import type { Stage } from '../lab/stage.ts'

/** A story that goes wrong in one way and well in the other; the same steps for both. */
export interface Scenario {
  /** As it is in a link. */
  readonly name: string
  readonly title: string
  /** What happens and what to look for, in a sentence. */
  readonly look: string
  play(stage: Stage): Promise<void>
}
