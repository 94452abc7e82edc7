import { ValidationError } from './errors.ts'

/** Where a session stands in a list. Ids settle what the clock leaves equal. */
export type Position = readonly [updatedAt: number, id: string]

export function positionOf({ updatedAt, id }: { readonly updatedAt: number; readonly id: string }): Position {
  return [updatedAt, id]
}

export function toCursor(last: Parameters<typeof positionOf>[0]): string {
  return JSON.stringify(positionOf(last))
}

export function fromCursor(cursor: string): Position {
  try {
    const [updatedAt, id] = JSON.parse(cursor)
    if (typeof updatedAt === 'number' && typeof id === 'string') return [updatedAt, id]
  } catch {
    // Reported below, as any other cursor that no list has made.
  }
  throw new ValidationError('cursor', `must be the nextCursor of a list, got ${cursor}`)
}

export function comparePositions(a: Position, b: Position): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0)
}
