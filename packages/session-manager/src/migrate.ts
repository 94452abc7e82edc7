import { describe } from './check-option.ts'
import { ValidationError } from './errors.ts'
import { diffChanges } from './message-changes.ts'
import { isObject } from './prepare-message.ts'
import type { RecordContent, SessionRecord } from './session-record.ts'
import type { Change, StoredMessage } from './session-store.ts'
import type { Validate } from './validate-message.ts'

/** What a migration gets: messages and metadata in the shape of an older app. */
export interface OldContent {
  readonly messages: readonly StoredMessage<Readonly<Record<string, unknown>>>[]
  readonly title: string
  readonly metadata: Readonly<Record<string, unknown>>
}

/**
 * Makes of a session of one schema version one of the next. It answers at once, may be run again, and leaves out
 * what stays as it is; messages keep their ids.
 */
export type Migration = (content: OldContent) => {
  readonly messages?: readonly object[]
  readonly title?: string
  readonly metadata?: object
}

/** The schema version of this app, and what brings an older session to it. */
export interface Migrator {
  readonly schemaVersion: number
  /** @throws ValidationError for a session of a newer app, and for one that cannot be brought to this version. */
  changesFor(base: SessionRecord): readonly Change[]
}

export function migrator(migrations: readonly Migration[], validate: Validate): Migrator {
  const schemaVersion = migrations.length
  return {
    schemaVersion,
    changesFor(base) {
      const from = base.schemaVersion
      if (from === schemaVersion) return []
      if (from > schemaVersion) throw schemaError(from, schemaVersion)
      let content = base.content
      for (let n = from; n < schemaVersion; n++) content = run(migrations[n] as Migration, content, `migrations[${n}]`)
      return [...diffChanges(base, content, validate), { type: 'set', schemaVersion }]
    },
  }
}

/** @throws ValidationError where an app of one schema version would write to a session of another. */
export function checkSchemaVersion(stored: number, own: number): void {
  if (stored !== own) throw schemaError(stored, own)
}

export function schemaError(stored: number, own: number): ValidationError {
  return new ValidationError(
    'schemaVersion',
    `is ${stored}, and this app's is ${own}${stored > own ? ': a newer app has written the session' : ''}`,
  )
}

function run(migration: Migration, content: RecordContent, name: string): RecordContent {
  try {
    const next: unknown = migration(content as OldContent)
    if (isObject(next)) return { ...content, ...next }
    throw new TypeError(`it must return an object, got ${describe(next)}`)
  } catch (error) {
    throw new ValidationError(name, `failed: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}
