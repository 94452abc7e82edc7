/**
 * What is `undefined` is left to what it would override; what is inherited counts, as in `fetch`, whose `init` may be a
 * `Request`.
 */
export function merge<Options extends object>(defaults: Options, overrides: Options | undefined): Options {
  const merged = { ...defaults }
  for (const name in overrides) if (overrides[name] !== undefined) merged[name] = overrides[name]
  return merged
}
