import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, StoreError } from './index.ts'

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

    await using other = createSessionManager<ChatMessage>()
    await other.import(await manager.export())

    expect(texts(await other.open(session.id))).toEqual(['not stored'])
    store.failure = undefined
    await stored
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
