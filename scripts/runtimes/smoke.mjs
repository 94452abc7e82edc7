// One pass through each package, on whatever runtime runs it. `flaky` is a URL that answers 503 first, then `body`.
export async function smoke({ mutex, retry, fetchRetry, sessionManager, indexeddb }, flaky) {
  const lock = new mutex.Mutex()
  const order = []
  await Promise.all([1, 2, 3].map(n => lock.runExclusive(async () => order.push(n))))
  equal(order, [1, 2, 3])
  equal(await new mutex.LockManager().request('name', held => held.name), 'name')

  let calls = 0
  const down = () => (++calls < 3 ? Promise.reject(Object.assign(new Error('down'), { code: 'ECONNRESET' })) : 'up')
  equal(await retry.retry(down, { baseDelayMs: 1 }), 'up')
  equal(calls, 3)

  const onRetry = ({ error }) => equal(error.status, 503)
  const bounds = { timeoutMs: 10_000, bodyTimeoutMs: 10_000, deadlineMs: 20_000 }
  const get = fetchRetry.createFetch({ baseDelayMs: 1, ...bounds, onRetry })
  const { signal } = new AbortController()
  equal(await (await get(new Request(flaky, { signal }))).text(), 'body')
  const gone = get(flaky, { signal: AbortSignal.abort('reason') })
  equal(await gone.catch(reason => reason), 'reason')
  const bodies = [new URLSearchParams({ a: 'b' }), new TextEncoder().encode('bytes'), new Blob(['blob'])]
  for (const body of bodies) equal((await get(flaky, { method: 'PUT', body })).ok, true)

  const store = indexeddb?.indexedDBStore({ name: `smoke-${Math.random()}` })
  const manager = sessionManager.createSessionManager(store ? { store } : {})
  const session = await manager.create({ title: 'smoke' })
  await Promise.all([session.append({ content: 'a' }), session.append({ content: 'b' })])
  equal(
    session.messages.map(message => message.content),
    ['a', 'b'],
  )
  equal((await manager.list()).sessions.length, 1)
  await manager[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]()
}

export function equal(actual, expected) {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
}
