import { describe, expect, it } from 'vitest'
import { createSessionManager } from './index.ts'

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
