import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventParser, type ServerSentEvent } from './event-parser.ts'

const parse = (...pieces: string[]) => {
  const parser = new EventParser('')
  return pieces.flatMap(piece => parser.push(piece))
}
const message = (data: string, more: Partial<ServerSentEvent> = {}) => ({ id: '', event: 'message', data, ...more })

describe('EventParser', () => {
  it('reads the examples of the HTML standard', () => {
    expect(parse('data: YHOO\ndata: +2\ndata: 10\n\n')).toEqual([message('YHOO\n+2\n10')])
    expect(
      parse(': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n'),
    ).toEqual([message('first event', { id: '1' }), message('second event'), message(' third event')])
    expect(parse('data\n\ndata\ndata\n\ndata:')).toEqual([message(''), message('\n')])
    expect(parse('data:test\n\ndata: test\n\n')).toEqual([message('test'), message('test')])
    expect(parse('event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n')).toEqual([
      message('73857293', { event: 'add' }),
      message('2153', { event: 'remove' }),
    ])
  })

  it('keeps the id for the events after it, and forgets the one of an event that never ended', () => {
    const parser = new EventParser('7')

    expect(parser.push('data: a\n\nid: 8\ndata: b\n\ndata: c\n\nid: 9\ndata: half')).toEqual([
      message('a', { id: '7' }),
      message('b', { id: '8' }),
      message('c', { id: '8' }),
    ])
    expect(parser.lastEventId).toBe('8')
  })

  it('counts an id without data', () => {
    const parser = new EventParser('')

    expect(parser.push('id: 5\n\n')).toEqual([])
    expect(parser.lastEventId).toBe('5')
  })

  it('ignores an id with a NULL, a retry that is no number, and fields it does not know', () => {
    const parser = new EventParser('')

    expect(parser.push('id: a\0b\nretry: 1.5\nretry: -1\nother: x\nDATA: y\ndata: z\n\n')).toEqual([message('z')])
    expect(parser.reconnectMs).toBeUndefined()
  })

  it('reads retry, with an event and alone', () => {
    const parser = new EventParser('')

    expect(parser.push('retry: 50\ndata: a\n\ndata: b\n\nretry: 70\n\n')).toEqual([
      message('a', { retry: 50 }),
      message('b'),
    ])
    expect(parser.reconnectMs).toBe(70)
  })

  it('takes CR, LF and CRLF for the end of a line, and does not wait for what may follow a CR', () => {
    expect(parse('data: a\r\rdata: b\r\n\r\ndata: c\n\n')).toEqual([message('a'), message('b'), message('c')])
    expect(parse('data: a\r', '\n\r')).toEqual([message('a')])
    expect(parse('data: a\r\n', '\r', '\ndata: b\n', '\n')).toEqual([message('a'), message('b')])
    expect(parse('data: a\r', '', '\ndata: b\r\r')).toEqual([message('a\nb')])
  })

  it('gives the same events however the text is cut', () => {
    const line = fc.constantFrom('data: x', 'data:', 'data: ä🙂', 'event: e', 'id: 1', 'id', ':c', 'retry: 5', '')
    const ending = fc.constantFrom('\n', '\r', '\r\n')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, ending), { maxLength: 12 }),
        fc.array(fc.nat(80), { maxLength: 6 }),
        (lines, cuts) => {
          const text = lines.flat().join('')
          const places = [0, ...cuts.map(cut => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
          const pieces = places.slice(1).map((end, index) => text.slice(places[index], end))

          expect(parse(...pieces)).toEqual(parse(text))
        },
      ),
      { numRuns: process.env.SEARCH ? 20_000 : 300 },
    )
  })
})
