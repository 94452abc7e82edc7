// One pass through each package, on whatever runtime runs it; the packages come from `import` or from `require`.
import { createServer } from 'node:http'

export async function smoke({ mutex, retry, fetchRetry, sessionManager }) {
  const lock = new mutex.Mutex()
  const order = []
  await Promise.all([1, 2, 3].map(n => lock.runExclusive(async () => order.push(n))))
  equal(order, [1, 2, 3])
  equal(await new mutex.LockManager().request('name', held => held.name), 'name')

  let calls = 0
  const flaky = () => (++calls < 3 ? Promise.reject(Object.assign(new Error('down'), { code: 'ECONNRESET' })) : 'up')
  equal(await retry.retry(flaky, { baseDelayMs: 1 }), 'up')
  equal(calls, 3)

  let hits = 0
  const server = createServer((_, response) => response.writeHead(++hits < 2 ? 503 : 200).end('body')).listen(0)
  await new Promise(done => server.once('listening', done))
  const get = fetchRetry.createFetch({ baseDelayMs: 1 })
  equal(await (await get(`http://127.0.0.1:${server.address().port}/`)).text(), 'body')
  equal(hits, 2)
  server.closeAllConnections?.()
  server.close()

  const manager = sessionManager.createSessionManager()
  const session = await manager.create({ title: 'smoke' })
  await Promise.all([session.append({ content: 'a' }), session.append({ content: 'b' })])
  equal(
    session.messages.map(message => message.content),
    ['a', 'b'],
  )
  equal((await manager.list()).sessions.length, 1)
  await manager[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]()
}

function equal(actual, expected) {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
}
