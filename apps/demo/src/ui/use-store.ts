import { useSyncExternalStore } from 'preact/compat'
import type { Watchable } from '../xray/watchable.ts'

export function useStore<Value>(store: Watchable<Value>): Value {
  return useSyncExternalStore(
    listener => store.subscribe(listener),
    () => store.getSnapshot(),
  )
}
