import type { Change } from './session-store.ts'

/** What has led to versions that are not confirmed yet, as far as others have told. */
export class ToldChanges {
  readonly #byVersion = new Map<number, readonly Change[]>()

  add(version: number, changes: readonly Change[]): void {
    this.#byVersion.set(version, changes)
  }

  /** What leads from one version to another, unless a step is missing; what was told until now is forgotten. */
  take(from: number, to: number): (readonly Change[])[] | undefined {
    const commits: (readonly Change[])[] = []
    for (let version = from + 1; version <= to; version++) {
      const changes = this.#byVersion.get(version)
      if (changes && !changes.some(change => change.type === 'purge')) commits.push(changes)
    }
    this.#byVersion.clear()
    return commits.length === to - from ? commits : undefined
  }
}
