import { describe, expect, it } from 'vitest'
import { createSessionManager, type StoredMessage } from './index.ts'
import { sqliteStore } from './sqlite.ts'

interface Message {
  readonly file?: Blob
}
type Options = Parameters<typeof createSessionManager<Message, object, Blob>>[0]
const refused = { code: 'VALIDATION', path: 'message.file' }

async function begin(options: Options = {}) {
  const store = sqliteStore({ path: ':memory:' })
  const applyDelta = (message: StoredMessage<Message>, file: Blob) => ({ ...message, file })
  const manager = createSessionManager<Message, object, Blob>({ store, applyDelta, ...options })
  return { manager, session: await manager.create() }
}

describe('a streamed message that the store cannot keep', () => {
  it('was completed without what was refused: `complete` rejects by its path', async () => {
    const { manager, session } = await begin()
    const writer = await session.stream()
    writer.write(new Blob(['x']))
    await expect(writer.complete()).rejects.toMatchObject(refused)
    await manager.flush()
    expect(session.messages).toMatchObject([{ id: writer.messageId, status: 'interrupted' }])
  })

  it('was completed so, too, when it was refused in the meantime', async () => {
    const { manager, session } = await begin({ autosave: { maxBytes: 0 } })
    const writer = await session.stream()
    await manager.flush()
    writer.write(new Blob(['x']))
    await null
    await expect(writer.complete()).rejects.toMatchObject(refused)
    expect(() => writer.write(new Blob())).toThrow(expect.objectContaining(refused))
  })

  it('was said to be removed when its beginning was refused', async () => {
    const { session } = await begin()
    const writer = await session.stream({ file: new Blob(['x']) })
    await expect(writer.complete()).rejects.toMatchObject(refused)
    expect(session.messages).toEqual([])
  })
})
