/** What an owner or a key is called: a primitive by itself, an object by its name, for it may not even have a string. */
export function label(value: unknown): string {
  if (Object(value) !== value) return String(value)
  const { name } = value as { name?: unknown }
  return typeof name === 'string' ? name : typeof value
}
