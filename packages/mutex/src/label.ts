/** What an owner, a key or a wrong option is called: a primitive by itself, an object by its name, for it may not even have a string. */
export function label(value: unknown): string {
  if (Object(value) !== value) return String(value)
  try {
    const { name } = value as { name?: unknown }
    if (typeof name === 'string') return name
  } catch {
    // A getter that throws, a revoked proxy.
  }
  return typeof value
}
