import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createSessionManager, type StandardSchema } from './index.ts'

interface Message {
  readonly role: string
  readonly content: string
}

/** As a validator library would: it strips what it does not know, and gives defaults. */
const schema: StandardSchema<Message> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { role = 'user', content } = value as Partial<Message>
      if (typeof content === 'string') return { value: { role, content } }
      return { issues: [{ message: 'should be a string', path: ['content', { key: 0 }] }] }
    },
  },
}

describe('schema', () => {
  it('decides what is stored, for every way of writing', async () => {
    await using manager = createSessionManager<Partial<Message>>({ schema })
    const session = await manager.create({ messages: [{ content: 'a' }] })
    const [b] = await session.append({ content: 'b', extra: 1 } as Partial<Message>)
    await session.update(({ messages }) => ({ messages: [...messages, { content: 'c' }] }))
    await session.edit(b?.id ?? '', { content: 'B' })

    const written = session.messages.map(({ id, ...message }) => message)
    expect(written).toEqual(['a', 'B', 'c'].map(content => ({ role: 'user', content })))
    expect(session.messages[1]?.id).toBe(b?.id)
  })

  it('that gave messages a status had them taken for streams that were cut off', async () => {
    const status = z.string().default('streaming')
    await using manager = createSessionManager<object>({ schema: z.object({ content: z.string(), status }) })
    const session = await manager.create()
    const refused = { code: 'VALIDATION', path: 'message.status' }
    await expect(session.append({ content: 'a' })).rejects.toMatchObject(refused)
    expect(session.messages).toEqual([])
  })

  it('refuses by the path of the first issue, and leaves the messages as they were', async () => {
    await using manager = createSessionManager<object>({ schema })
    const session = await manager.create()
    const refused = { code: 'VALIDATION', path: 'messages[1].content[0]', message: expect.stringContaining('a string') }
    await expect(session.append([{ content: 'a' }, { content: 1 }])).rejects.toMatchObject(refused)
    expect(session.messages).toEqual([])
  })

  it.each([
    ['zod', z.strictObject({ role: z.string(), content: z.string() })],
    ['valibot', v.strictObject({ role: v.string(), content: v.string() })],
  ])('of %s that is strict refused each edit, because of the id', async (_, strict) => {
    await using manager = createSessionManager<Message>({ schema: strict })
    const session = await manager.create({ messages: [{ role: 'user', content: 'a' }] })
    const [{ id } = { id: '' }] = session.messages
    await session.edit(id, { content: 'b' })
    await session.update(({ messages }) => ({ messages: messages.map(message => ({ ...message, role: 'bot' })) }))
    expect(session.messages).toEqual([{ id, role: 'bot', content: 'b' }])
    const refused = { code: 'VALIDATION', path: 'message.content' }
    await expect(session.edit(id, { content: 5 as never })).rejects.toMatchObject(refused)
    const unknown = { code: 'VALIDATION', message: expect.stringContaining('other') }
    await expect(session.edit(id, { other: 5 } as never)).rejects.toMatchObject(unknown)
  })

  it('that asks for an id sees it at each edit', async () => {
    const withId = z.object({ id: z.string().startsWith('m'), content: z.string() })
    await using manager = createSessionManager({ schema: withId })
    const session = await manager.create({ messages: [{ id: 'm1', content: 'a' }] })
    await session.edit('m1', { content: 'b' })
    expect(session.messages).toEqual([{ id: 'm1', content: 'b' }])
    await expect(session.append({ id: 'x', content: 'a' })).rejects.toMatchObject({ path: 'message.id' })
  })

  it('has to answer at once', async () => {
    const validate = async (value: unknown) => ({ value: value as object })
    const slow: StandardSchema<object> = { '~standard': { version: 1, vendor: 'test', validate } }
    await using manager = createSessionManager<object>({ schema: slow })
    const session = await manager.create()
    await expect(session.append({ content: 'a' })).rejects.toThrow('must validate at once')
  })
})

describe('onBusy', () => {
  it('is what turns do that do not say', async () => {
    await using manager = createSessionManager({ onBusy: 'reject' })
    const session = await manager.create()
    await session.turn(async () => {
      await expect(session.turn(() => {})).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    })
  })
})

it.each<[string, (message: object) => unknown]>([
  ['nothing', () => undefined],
  ['a promise', async message => message],
])('a stream whose `applyDelta` gives %s keeps what it had', async (_, applyDelta) => {
  await using manager = createSessionManager({ applyDelta: applyDelta as (message: object) => object })
  const session = await manager.create()
  const writer = await session.stream({ content: 'kept' })
  expect(() => writer.write('x')).toThrow('`applyDelta()` must be a plain object')
  expect(await writer.complete()).toMatchObject({ content: 'kept', status: 'complete' })
})

it('a stream does not put text in the place of a number', async () => {
  await using manager = createSessionManager<{ content: unknown }>()
  const session = await manager.create()
  const writer = await session.stream({ content: 5 })
  expect(() => writer.write('x')).toThrow('`message.content` is no text')
  expect(await writer.complete()).toMatchObject({ content: 5 })
})
