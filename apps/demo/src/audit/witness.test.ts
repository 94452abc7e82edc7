import { describe, expect, it } from 'vitest'
import { gistOf, Witness } from './witness.ts'

/** The part of `Storage` that a witness uses, in memory. */
function memoryStorage(): Storage {
  const storage = Object.create({
    getItem: (key: string) => storage[key] ?? null,
    setItem: (key: string, value: string) => void Object.assign(storage, { [key]: value }),
    removeItem: (key: string) => void delete storage[key],
  })
  return storage
}

const message = { id: 'm1', chat: 'a', text: 'hello' }

describe('Witness', () => {
  it('remembers what was sent and what was acknowledged, across pages', () => {
    const storage = memoryStorage()
    new Witness(storage, 'one', () => true).sent(message)
    expect(new Witness(storage, 'two', () => true).all()).toEqual([{ ...message, tab: 'one' }])

    new Witness(storage, 'two', () => true).acknowledged(message)
    expect(new Witness(storage, 'one', () => true).all()).toEqual([{ ...message, tab: 'two', acknowledged: true }])
  })

  it('keeps little of a long text, and tells it from another one that begins alike', () => {
    const long = 'word '.repeat(20_000)
    expect(gistOf(long).length).toBeLessThan(300)
    expect(gistOf(`${long}a`)).not.toBe(gistOf(`${long}b`))
    expect(gistOf('short')).toBe('short')
  })

  it('lets a message be sent when there is no room for its note', () => {
    const full = Object.assign(memoryStorage(), {
      setItem() {
        throw new DOMException('full', 'QuotaExceededError')
      },
    })
    expect(() => new Witness(full, 'one', () => true).sent(message)).not.toThrow()
  })

  it('does not expect the messages of a chat that was deleted, until it is back', () => {
    const witness = new Witness(memoryStorage(), 'one', () => true)
    witness.sent(message)
    witness.deleted('a')
    expect(witness.all()).toEqual([])

    witness.restored('a')
    expect(witness.all()).toMatchObject([message])
  })
})
