import type { Stage } from '../lab/stage.ts'
import type { WayName } from '../lab/way.ts'

/** A story that goes wrong in one way and well in the other; the same steps for both. */
export interface Scenario {
  /** As it is in a link. */
  readonly name: string
  readonly title: string
  /** What happens and what to look for, in a sentence. */
  readonly look: string
  /** Why it ends as it does, either way, in a sentence each. */
  readonly why: Readonly<Record<WayName, string>>
  play(stage: Stage): Promise<void>
}
