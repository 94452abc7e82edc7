import type { VNode } from 'preact'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

/** Says to a screen reader what a sighted visitor sees happen: sentences, not single tokens. */
export function Announcer(): VNode {
  const news = useStore(useSquall().answers.news)
  return (
    <p class="sr-only" aria-live="polite">
      {news}
    </p>
  )
}
