import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { freezeCopy } from './freeze-copy.ts'

class Point {
  x = 1
}

describe('freezeCopy', () => {
  it('returns what it has made as it is, and copies the rest', () => {
    const input = { a: [{ b: 1 }] }
    const copy = freezeCopy(input, 'v')
    expect(copy).toEqual(input)
    expect(copy).not.toBe(input)
    expect([copy, copy.a, copy.a[0]].every(Object.isFrozen)).toBe(true)
    expect(freezeCopy(copy, 'v')).toBe(copy)
    expect(freezeCopy({ ...copy, c: 2 }, 'v').a).toBe(copy.a)
  })

  it('copies each time what holds something that cannot be frozen', () => {
    const copy = freezeCopy({ at: new Date(5) }, 'v')
    const again = freezeCopy(copy, 'v')
    expect(again).toEqual(copy)
    expect(again.at).not.toBe(copy.at)
  })

  it('takes the value of a getter', () => {
    expect(
      freezeCopy(
        {
          get now() {
            return 1
          },
        },
        'v',
      ),
    ).toEqual({ now: 1 })
  })

  it('takes plain objects and built-in kinds of another realm', () => {
    const value = runInNewContext('({ list: [1], map: new Map([[1, 2]]), at: new Date(5) })')
    expect(freezeCopy(value, 'v')).toEqual({ list: [1], map: new Map([[1, 2]]), at: new Date(5) })
  })

  it('keeps a key named __proto__ a key', () => {
    const copy = freezeCopy(JSON.parse('{"__proto__": {"polluted": 1}}'), 'v')
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect(copy.polluted).toBeUndefined()
  })

  it.each([
    ['a function', { a: { f() {} } }, 'v.a.f'],
    ['a symbol', { a: [Symbol('s')] }, 'v.a[0]'],
    ['a symbol as a key', { a: { [Symbol('s')]: 1 } }, 'v.a'],
    ['an instance of a class', { a: new Point() }, 'v.a'],
    ['an error', [new Error('e')], 'v[0]'],
    ['a promise', { a: Promise.resolve() }, 'v.a'],
    ['a weak map', { a: new WeakMap() }, 'v.a'],
    ['a buffer of Node', { a: Buffer.from('x') }, 'v.a'],
    ['a namesake of File', { a: new { File: class {} }.File() }, 'v.a'],
    [
      'a namesake of Blob that says so',
      {
        a: new {
          Blob: class {
            [Symbol.toStringTag] = 'Blob'
          },
        }.Blob(),
      },
      'v.a',
    ],
    ['a namesake of Map', { a: new { Map: class {} }.Map() }, 'v.a'],
    ['a subclass of Map', { a: new (class Some extends Map {})() }, 'v.a'],
    ['a key that is not enumerable', { a: Object.defineProperty({}, 'hidden', { value: 1 }) }, 'v.a'],
    ['a list with more than its items', { a: 'x'.match(/x/) }, 'v.a'],
    ['a hole', { a: Array(1) }, 'v.a'],
    ['a function in a map', { a: new Map([['k', () => 0]]) }, 'v.a[0][1]'],
  ])('refuses %s by its path', (_, value, path) => {
    expect(() => freezeCopy(value, 'v')).toThrow(expect.objectContaining({ code: 'VALIDATION', path }))
  })

  it('refuses what contains itself, and takes what is there twice', () => {
    const loop: { self?: unknown } = {}
    loop.self = [loop]
    expect(() => freezeCopy(loop, 'v')).toThrow('`v.self[0]` contains itself')
    const shared = { x: 1 }
    expect(freezeCopy([shared, shared], 'v')).toEqual([shared, shared])
  })
})
