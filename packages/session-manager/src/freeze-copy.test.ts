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
    ['a hole', { a: Array(1) }, 'v.a'],
    ['a function in a map', { a: new Map([['k', () => 0]]) }, 'v.a[0]'],
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
