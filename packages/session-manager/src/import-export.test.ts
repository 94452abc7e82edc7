import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type SessionStore, StoreError } from './index.ts'

const HEADER = '{"format":"@x/session-manager","version":1}\n'
const SESSION = '"id":"s","title":"t","titleSource":"user","metadata":{},"createdAt":1,"updatedAt":2,"archived":false'

describe('import', () => {
  it.each([
    ['a title that is missing', '"id":"s"', 'title'],
    ['a title that is no string', SESSION.replace('"t"', '5'), 'title'],
    ['an unknown source of the title', SESSION.replace('"user"', '"me"'), 'titleSource'],
    ['metadata that are a list', SESSION.replace('{}', '[]'), 'metadata'],
    ['a time that is text', SESSION.replace(':2', ':"z"'), 'updatedAt'],
    ['a time before all time', SESSION.replace(':1,', ':-1,'), 'createdAt'],
    ['archived by a number', SESSION.replace('false', '0'), 'archived'],
  ])('refuses a session with %s, and stores nothing', async (_, session, field) => {
    await using manager = createSessionManager()
    const error = { code: 'VALIDATION', path: `line 2.${field}` }
    await expect(manager.import(`${HEADER}{"session":{${session}}}`)).rejects.toMatchObject(error)
    expect((await manager.list()).sessions).toEqual([])
  })

  it.each(['"__proto__":{}', '"apply":1', '"content":1', '"isPurged":true', '"nextSeq":-1'])(
    'leaves out what is no field of a session: %s',
    async field => {
      await using manager = createSessionManager()
      await manager.import(`${HEADER}{"session":{${SESSION},${field}}}`)
      await manager.rename('s', 'renamed')
      const { sessions } = await manager.list()
      expect(sessions).toMatchObject([{ id: 's', title: 'renamed', createdAt: 1 }])
      expect(Object.keys(sessions[0] ?? {}).sort()).toEqual(
        [
          'archived',
          'createdAt',
          'id',
          'messageCount',
          'metadata',
          'title',
          'titleSource',
          'updatedAt',
          'version',
        ].sort(),
      )
    },
  )

  it('refuses a message with a status that there is not', async () => {
    await using manager = createSessionManager()
    const data = `${HEADER}{"session":{${SESSION}}}\n{"message":{"id":"m","status":"done"}}`
    await expect(manager.import(data)).rejects.toMatchObject({ code: 'VALIDATION', path: 'line 3.status' })
  })
})

describe('export', () => {
  it('has all that is in memory while the store cannot be read', async () => {
    const store = faultyStore()
    await using manager = createSessionManager<ChatMessage>({ store })
    store.list = async () => {
      throw new StoreError('blocked', 'the store is blocked')
    }
    await expect(manager.export()).rejects.toMatchObject({ code: 'STORE_BLOCKED' })
    const session = await manager.create()
    store.failure = 'blocked'
    const stored = session.append(user('not stored'))
    const missing: unknown[] = []
    manager.on('export-incomplete', ({ id, error }) => missing.push([id, error.code]))

    await using other = createSessionManager<ChatMessage>()
    await other.import(await manager.export())

    expect(texts(await other.open(session.id))).toEqual(['not stored'])
    expect(missing).toEqual([[null, 'STORE_BLOCKED']])
    store.failure = undefined
    await stored
  })

  it('was refused when an editor had saved it with a byte-order mark and other ends of lines', async () => {
    await using manager = createSessionManager<ChatMessage>()
    const { id } = await manager.create({ messages: [user('one\r\ntwo')] })
    const data = (await manager.export()).replaceAll('\n', '\r\n')

    await using other = createSessionManager<ChatMessage>()
    expect(await other.import(`\uFEFF${data}`)).toEqual([id])
    expect(texts(await other.open(id))).toEqual(['one\r\ntwo'])
  })

  it('was refused as a whole when one stored session was damaged: the others come, and the event and a line name it', async () => {
    const store = memoryStore()
    const damaged: SessionStore = {
      ...faultyStore(store),
      load: async (id, options) => {
        if (id === 'damaged') throw new Error('bad bytes')
        return store.load(id, options)
      },
    }
    await using writer = createSessionManager<ChatMessage>({ store })
    for (const id of ['first', 'damaged', 'last']) await writer.create({ id, messages: [user(id)] })
    await using manager = createSessionManager<ChatMessage>({ store: damaged })
    const missing: object[] = []
    manager.on('export-incomplete', event => missing.push(event))

    const data = await manager.export()

    expect(missing).toMatchObject([{ id: 'damaged', error: { code: 'STORE_FAILED', message: 'bad bytes' } }])
    expect(data).toContain('{"unreadable":{"id":"damaged","error":"bad bytes"}}\n')
    await using other = createSessionManager<ChatMessage>()
    expect((await other.import(data)).sort()).toEqual(['first', 'last'])
    expect(texts(await other.open('last'))).toEqual(['last'])
    await expect(manager.export('damaged')).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  it('was refused as a whole when one file was gone from the disk', async () => {
    await using manager = createSessionManager()
    const file = new Blob(['x'])
    file.arrayBuffer = async () => {
      throw new DOMException('gone', 'NotReadableError')
    }
    await manager.create({ id: 'kept' })
    await manager.create({ id: 'damaged', messages: [{ file }] })
    await using other = createSessionManager()
    expect(await other.import(await manager.export())).toEqual(['kept'])
  })

  it('asks a store no more that is blocked, and rejects when nothing could be read', async () => {
    const store = memoryStore()
    await using writer = createSessionManager({ store })
    for (const id of ['a', 'b', 'c']) await writer.create({ id })
    let loads = 0
    const failing = (error: Error): SessionStore => ({
      ...faultyStore(store),
      load: async () => {
        loads++
        throw error
      },
    })
    await using blocked = createSessionManager({ store: failing(new StoreError('blocked', 'the store is blocked')) })
    await expect(blocked.export()).rejects.toMatchObject({ code: 'STORE_BLOCKED' })
    expect(loads).toBe(1)
    await using broken = createSessionManager({ store: failing(new Error('broken')) })
    await expect(broken.export()).rejects.toMatchObject({ code: 'STORE_FAILED', message: 'broken' })
  })

  it('brings blobs and files back, in metadata too, with the time of the file', async () => {
    await using manager = createSessionManager<{ file: File }, { icon: Blob }>()
    const file = new File(['text'], 'a.txt', { type: 'text/plain', lastModified: 5 })
    const metadata = { icon: new Blob(['icon']) }
    const { id } = await manager.create({ metadata, messages: [{ file }] })

    await using other = createSessionManager<{ file: File }, { icon: Blob }>()
    await other.import(await manager.export())

    const session = await other.open(id)
    const brought = session.messages[0]?.file
    expect([brought?.name, brought?.type, brought?.lastModified]).toEqual(['a.txt', 'text/plain', 5])
    expect([await brought?.text(), await session.metadata.icon.text()]).toEqual(['text', 'icon'])
  })

  it('goes on without a session that was purged after it was listed', async () => {
    const store = memoryStore()
    const listed: typeof store.list = async query => {
      const page = await store.list(query)
      await other.purge('purged')
      return page
    }
    await using other = createSessionManager<ChatMessage>({ store })
    for (const id of ['kept', 'purged']) await (await other.create({ id, title: id }))[Symbol.asyncDispose]()
    await using manager = createSessionManager<ChatMessage>({ store: { ...faultyStore(store), list: listed } })

    await using third = createSessionManager<ChatMessage>()
    expect(await third.import(await manager.export())).toEqual(['kept'])
  })

  it('takes no step for each byte of a typed array', async () => {
    await using manager = createSessionManager<{ bytes: Uint8Array }>()
    await manager.create({ messages: [{ bytes: new Uint8Array(10_000) }] })
    let isDone = false
    const exported = manager.export().finally(() => {
      isDone = true
    })
    let steps = 0
    for (; !isDone && steps < 1000; steps++) await null
    expect([(await exported).length > 10_000, steps < 1000]).toEqual([true, true])
  })

  it('of a deleted session makes one that is there', async () => {
    const store = memoryStore()
    await using manager = createSessionManager<ChatMessage>({ store })
    const { id } = await manager.create({ messages: [user('a')] })
    await manager.delete(id)

    await using other = createSessionManager<ChatMessage>()
    await other.import(await manager.export(id))

    expect(texts(await other.open(id))).toEqual(['a'])
  })
})
