import { HttpError } from '@x/fetch-retry'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RetryTrace } from './retry-trace.ts'

afterEach(() => vi.unstubAllGlobals())

describe('RetryTrace', () => {
  it('writes down attempts by their outcome, and waits with the hint before them', async () => {
    const answers = [new Response('', { status: 429, headers: { 'retry-after': '2' } }), new Response('whole')]
    vi.stubGlobal('fetch', async () => answers.shift())
    const trace = new RetryTrace()
    const call = trace.begin('q1', 'hello')

    const refused = await call.fetch('/')
    call.retrying({ delayMs: 2100, error: new HttpError(refused) })
    await call.fetch('/')
    call.complete()

    const [written] = trace.calls.getSnapshot()
    expect(written?.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['refused', 429],
      ['complete', undefined],
    ])
    expect(written?.waits).toMatchObject([{ delayMs: 2100, hintMs: 2000 }])
    expect(written?.endedAt).toEqual(expect.any(Number))
  })

  it.each([
    ['cut', new TypeError('network error')],
    ['silent', Object.assign(new Error('quiet'), { name: 'TimeoutError' })],
    ['stopped', new DOMException('stop', 'AbortError')],
  ])('calls a body that failed %s', async (outcome, error) => {
    vi.stubGlobal('fetch', async () => new Response('part'))
    const trace = new RetryTrace()
    const call = trace.begin('q1', 'hello')
    await call.fetch('/')
    call.failed(error)

    expect(trace.calls.getSnapshot()[0]?.attempts[0]?.outcome).toBe(outcome)
  })

  it('keeps the latest calls, newest first', () => {
    const trace = new RetryTrace()
    for (let n = 0; n < 50; n++) trace.begin(`q${n}`, '')

    const ids = trace.calls.getSnapshot().map(({ id }) => id)
    expect(ids[0]).toBe('q49')
    expect(ids.length).toBeLessThan(20)
  })
})
