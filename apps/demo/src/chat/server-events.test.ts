import { describe, expect, it } from 'vitest'
import { serverEvents } from './server-events.ts'

async function eventsOf(...chunks: (string | Uint8Array)[]) {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
      controller.close()
    },
  })
  return await Array.fromAsync(serverEvents(body))
}

describe('serverEvents', () => {
  it('reads ids and data', async () => {
    expect(await eventsOf('id: 1\ndata: {"a":1}\n\ndata: [DONE]\n\n')).toEqual([
      { id: '1', data: '{"a":1}' },
      { id: '', data: '[DONE]' },
    ])
  })

  it('joins what comes in pieces, also in the middle of a character', async () => {
    const bytes = new TextEncoder().encode('data: harbour⁴²\n\n')
    expect(await eventsOf(...Array.from(bytes, byte => Uint8Array.of(byte)))).toEqual([{ id: '', data: 'harbour⁴²' }])
  })

  it('leaves out an event that was cut off', async () => {
    expect(await eventsOf('data: a\n\nid: 2\ndata: b')).toEqual([{ id: '', data: 'a' }])
  })

  it('knows the line ends of every system, comments, and data of several lines', async () => {
    expect(await eventsOf(': hello\r\ndata: a\r\ndata: b\r\n\r\n')).toEqual([{ id: '', data: 'a\nb' }])
  })
})
