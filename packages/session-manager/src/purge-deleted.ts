import { allSessions } from './all-sessions.ts'
import { checkMethods, checkOption, checkOptions, checkSignal } from './check-option.ts'
import { isRefusal } from './errors.ts'
import type { SessionStore } from './session-store.ts'
import { uniqueId } from './unique-id.ts'

/**
 * Purges the sessions of a store that were deleted longer ago than `olderThanMs`, and resolves with their ids. Call it
 * when the app starts, or when the user empties the trash; nothing calls it by itself. A session that is not deleted, or
 * is restored meanwhile, is never purged, nor is one whose deletion lies in the future of this machine's clock.
 *
 * @throws {@link StoreError} when the store cannot now; what was purged until then is.
 * @example
 * ```ts
 * import { createSessionManager, memoryStore, purgeDeleted } from '@x/session-manager'
 *
 * const store = memoryStore()
 * await using manager = createSessionManager({ store })
 * const { id } = await manager.create()
 * await manager.delete(id)
 * await purgeDeleted(store, { olderThanMs: 30 * 24 * 60 * 60 * 1000 }) // => []
 * const purged = await purgeDeleted(store, { olderThanMs: 0 })
 * purged.length // => 1
 * ```
 */
export async function purgeDeleted(
  store: SessionStore,
  options: { readonly olderThanMs: number; readonly signal?: AbortSignal | undefined },
): Promise<string[]> {
  checkMethods('store', store ?? null, ['list', 'commit'])
  checkOptions(options)
  const { olderThanMs, signal } = options
  checkSignal(signal)
  checkOption(
    typeof olderThanMs === 'number' && olderThanMs >= 0,
    'olderThanMs',
    olderThanMs,
    'a number >= 0',
    'number',
  )
  const until = Date.now() - olderThanMs
  const purged: string[] = []
  for await (const { id, version, deletedAt = Number.POSITIVE_INFINITY } of allSessions(
    store,
    { deleted: true },
    signal,
  )) {
    if (deletedAt > until) continue
    const commit = { expectedVersion: version, operationId: uniqueId(), changes: [{ type: 'purge' }] } as const
    const isPurged = await store.commit(id, commit, { signal }).catch(error => {
      if (!isRefusal(error)) throw error // Restored or changed since it was listed: it stays.
    })
    if (isPurged) purged.push(id)
  }
  return purged
}
