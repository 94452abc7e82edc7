import { describe, expect, it } from 'vitest'
import { createFetch } from './index.ts'
import { faultServer } from './testing.ts'

describe('what a fetch of one’s own throws', () => {
  it('is what the call rejects with, even when it is frozen, a text or nothing', async () => {
    for (const thrown of [Object.freeze(new Error('frozen')), 'text', undefined, null]) {
      let calls = 0
      const retrying = createFetch({
        baseDelayMs: 1,
        maxRetries: 1,
        fetch: () => {
          calls++
          return Promise.reject(thrown)
        },
      })
      const outcome = await retrying('http://a.test/').then(
        () => ['resolved'],
        error => ['rejected', error],
      )

      expect(outcome).toEqual(['rejected', thrown])
      expect(outcome[1]).toBe(thrown)
      expect(calls).toBe(2)
    }
  })

  it('after a response that failed is not hidden by that response, whose connection is freed', async () => {
    await using server = await faultServer()
    const url = server.plan('/endless', { status: 503, body: 'x', fault: 'endless-body' })
    let calls = 0
    const retrying = createFetch({
      baseDelayMs: 1,
      maxRetries: 1,
      fetch: (...args) => (calls++ === 0 ? fetch(...args) : Promise.reject(undefined)),
    })

    expect(await retrying(url).then(Object, error => [error])).toEqual([undefined])
    await expect.poll(() => server.openSockets).toBe(0)
  })
})

describe('a redirect to another origin', () => {
  it('drops the authorization, after a retry and with a timeout, too', async () => {
    await using server = await faultServer()
    await using other = await faultServer({ reply: { body: 'there' } })
    const url = server.plan('/here', { status: 503 }, { status: 307, headers: { location: `${other.url}/there` } })
    const init = { method: 'PUT', body: 'x', headers: { authorization: 'Bearer secret', 'x-kept': '1' } }

    const response = await createFetch({ baseDelayMs: 1, timeoutMs: 10_000 })(url, init)

    expect(await response.text()).toBe('there')
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer secret'])
    expect(other.requests.map(({ headers }) => [headers.authorization, headers['x-kept']])).toEqual([[undefined, '1']])
    expect(Buffer.from(other.requests[0]?.body ?? []).toString()).toBe('x')
  })
})
