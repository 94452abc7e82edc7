/** `next`, frozen; `last` where it holds the very same, so that who compares with `===` sees no change. */
export function keepSame<Snapshot extends object>(last: Snapshot | undefined, next: Snapshot): Snapshot {
  const keys = Object.keys(next) as (keyof Snapshot)[]
  return last && keys.every(key => last[key] === next[key]) ? last : Object.freeze(next)
}
