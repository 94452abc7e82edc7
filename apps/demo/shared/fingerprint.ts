/**
 * Which text a piece of a reply belongs to: the run of the server that numbered it, or, where a real model speaks, which
 * of its takes it is. A model that breaks off has to begin again, and may well choose other words.
 */
export function fingerprintOf(run: string, take: number | undefined): string {
  return take === undefined ? run : `${run}.${take}`
}

/** Whether the words carry numbers: those of the bots do. */
export function isNumbered(fingerprint = ''): boolean {
  return !fingerprint.includes('.')
}
