import { describe, expect, it } from 'vitest'
import { createFetch } from './index.ts'
import { faultServer } from './testing.ts'
import { wrapResponse } from './wrap-response.ts'

describe('a response whose body is watched', () => {
  it('may have a status above 599', async () => {
    await using server = await faultServer({ reply: { status: 799, body: 'odd' } })

    const response = await createFetch({ bodyTimeoutMs: 1000 })(server.url)

    for (const each of [response.clone(), response]) {
      expect(each).toMatchObject({ status: 799, ok: false })
      expect(await each.text()).toBe('odd')
    }
  })

  it('has its status for a cache and a service worker too, which stored a 404 as a 200', async () => {
    await using server = await faultServer({ reply: { status: 404, body: 'gone' } })
    const constructed = Object.getOwnPropertyDescriptor(Response.prototype, 'status')?.get

    const response = await createFetch({ bodyTimeoutMs: 1000 })(server.url)

    expect(constructed?.call(response)).toBe(404)
    expect(await response.text()).toBe('gone')
  })

  it('is read no faster than by its reader', async () => {
    let pulls = 0
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulls++
          controller.enqueue(new Uint8Array(1))
        },
      },
      { highWaterMark: 0 },
    )
    const reader = wrapResponse(new Response(source), 1000).body?.getReader()
    await new Promise(resolve => setTimeout(resolve, 10))
    expect(pulls).toBe(0)

    await reader?.read()
    await new Promise(resolve => setTimeout(resolve, 10))
    expect(pulls).toBe(1)
    await reader?.cancel()
  })
})
