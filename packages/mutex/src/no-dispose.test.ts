import { build } from 'esbuild'
import { expect, it } from 'vitest'
import type * as Locks from './index.ts'

/** The package as a platform without `Symbol.dispose` loads it: there, the symbol is undefined. */
async function loadWithoutDispose(): Promise<typeof Locks> {
  const { outputFiles } = await build({
    entryPoints: [new URL('./index.ts', import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    define: { 'Symbol.dispose': 'undefined' },
  })
  const code = outputFiles[0]?.text ?? ''
  expect(code).not.toContain('Symbol.dispose')
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}

it('works where Symbol.dispose is missing: release() does the same', async () => {
  const { KeyedMutex, Mutex, ReadWriteLock, Semaphore } = await loadWithoutDispose()
  const locks = [new Mutex(), new Semaphore(1), new KeyedMutex()]

  for (const lock of locks) {
    const guard = await lock.acquire(undefined)
    const next = lock.acquire(undefined)
    guard.release()
    ;(await next).release()
  }
  const rooms = new ReadWriteLock()
  const writer = await rooms.acquireWrite()
  const reader = rooms.acquireRead()
  writer.downgrade()
  ;(await reader).release()
  writer.release()

  expect(locks.map(lock => lock.isLocked(undefined))).toEqual([false, false, false])
  expect(rooms.isLocked()).toBe(false)
})
