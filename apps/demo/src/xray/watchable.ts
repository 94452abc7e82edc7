/** What can be watched, in the shape that `useSyncExternalStore` wants: `Observable`, and the packages' sessions and managers. */
export interface Watchable<Value> {
  subscribe(listener: () => void): () => void
  getSnapshot(): Value
}
