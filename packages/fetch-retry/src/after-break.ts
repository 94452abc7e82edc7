/**
 * A `fetch` whose first call fails with what has broken a body already: the wait before the next one, its hooks and its
 * budget are those of a retry.
 */
export function afterBreak(
  send: typeof fetch | undefined,
  broken: { readonly error: unknown } | undefined,
): typeof fetch {
  let pending = broken
  return async (input, init) => {
    if (!pending) return (send ?? globalThis.fetch)(input, init)
    const { error } = pending
    pending = undefined
    throw error
  }
}
