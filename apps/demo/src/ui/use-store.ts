import { useSyncExternalStore } from 'preact/compat'

/** What a component watches: `Observable`, and the packages' sessions and managers. */
export interface Watchable<Value> {
  subscribe(listener: () => void): () => void
  getSnapshot(): Value
}

export function useStore<Value>(store: Watchable<Value>): Value {
  return useSyncExternalStore(
    listener => store.subscribe(listener),
    () => store.getSnapshot(),
  )
}
