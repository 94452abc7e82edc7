import { describe, expect, it } from 'vitest'
import { createFetch } from './index.ts'
import { faultServer } from './testing.ts'

describe('a response whose body is watched', () => {
  it('may have a status above 599', async () => {
    await using server = await faultServer({ reply: { status: 799, body: 'odd' } })

    const response = await createFetch({ bodyTimeoutMs: 1000 })(server.url)

    for (const each of [response.clone(), response]) {
      expect(each).toMatchObject({ status: 799, ok: false })
      expect(await each.text()).toBe('odd')
    }
  })
})
