import { ValidationError } from './errors.ts'
import type { SessionSummary } from './session-store.ts'

/** Where a page of a list ended. Ids settle what the clock leaves equal. */
export type Position = readonly [updatedAt: number, id: string]

export function toCursor(last: SessionSummary): string {
  return JSON.stringify([last.updatedAt, last.id])
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
