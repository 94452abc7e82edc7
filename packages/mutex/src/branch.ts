/** An owner who acts for another: the other goes on only when this one is done. */
export class Branch {
  readonly parent: unknown
  /** For the message of a deadlock. */
  readonly name: string

  constructor(parent: unknown, name: string) {
    this.parent = parent
    this.name = name
  }
}

/** An owner, and all for whom it acts. */
export function lineage(owner: unknown): Set<unknown> {
  const owners = new Set<unknown>()
  for (let next = owner; next !== undefined; next = next instanceof Branch ? next.parent : undefined) owners.add(next)
  return owners
}
