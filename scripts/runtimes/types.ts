// Compiled in the empty project against the published declarations: `lib: ES2022`, no `skipLibCheck`.
import { createFetch } from '@x/fetch-retry'
import { LockManager, Mutex } from '@x/mutex'
import { retry } from '@x/retry'
import { createSessionManager } from '@x/session-manager'
import { importLegacySessions } from '@x/session-manager/compat'
import { indexedDBStore } from '@x/session-manager/indexeddb'
import { sqliteStore } from '@x/session-manager/sqlite'
import { testSessionStore } from '@x/session-manager/testing'

const plainFetch: typeof fetch = createFetch()
const answer: Promise<Response> = retry(({ signal }) => plainFetch('https://example.com', { signal }))
const body: Promise<string> = new Mutex().runExclusive(async () => (await answer).text())
const manager = createSessionManager<{ role: string; content: string }>({
  store: indexedDBStore(),
  locks: new LockManager(),
})
export const appended: Promise<string | undefined> = manager
  .create()
  .then(async session => (await session.append({ role: 'user', content: await body }))[0]?.id)
export const imported: Promise<readonly string[]> = importLegacySessions(manager, '[]').then(legacy => legacy.imported)
export const runStoreTests = (): void =>
  testSessionStore(() => sqliteStore({ path: ':memory:' }), { describe: (_, fn) => fn(), it: (_, fn) => fn() })
