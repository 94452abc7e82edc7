/// <reference types="node" />
import type { ServerResponse } from 'node:http'
import type { Fault } from './fault.ts'

/**
 * Breaks what a handler is about to answer: its `writeHead`, `write` and `end` work until `faultAfter` bytes of the
 * body, or its end, are sent; then comes the fault, and nothing more.
 */
export function breakResponse(response: ServerResponse, fault: Fault, faultAfter: number): void {
  if (fault.endsWith('headers')) breakHeaders(response, fault)
  else if (fault === 'endless-body') neverEnd(response)
  else if (fault === 'split-body') split(response)
  else breakBody(response, fault, faultAfter)
}

function breakHeaders(response: ServerResponse, fault: Fault): void {
  const writeHead = (status: number) => {
    silence(response)
    const socket = socketOf(response)
    if (fault === 'reset-before-headers') socket.resetAndDestroy()
    if (fault === 'reset-in-headers')
      socket.write(`HTTP/1.1 ${status} Cut\r\nx-cut: `, () => settle(() => socket.resetAndDestroy()))
    return response
  }
  // Node's own `write`, `end` and `flushHeaders` begin with `writeHead`, and then send what it has not made.
  Object.assign(response, {
    writeHead,
    flushHeaders: () => void writeHead(response.statusCode),
    write: () => !writeHead(response.statusCode),
    end: () => writeHead(response.statusCode),
  })
}

function breakBody(response: ServerResponse, fault: Fault, faultAfter: number): void {
  const write = response.write.bind(response)
  let left = faultAfter
  let isOver = false
  const strike = (last: Uint8Array) => {
    isOver = true
    silence(response)
    response.flushHeaders()
    if (last.length > 0) write(last)
    const socket = socketOf(response)
    // Behind what is on its way.
    if (fault === 'reset-in-body') socket.write('', () => settle(() => socket.resetAndDestroy()))
    if (fault === 'truncated-body') socket.write('', () => settle(() => socket.end()))
  }
  overrideWrites(response, {
    write(bytes) {
      left -= bytes.length
      if (left > 0) return write(bytes)
      strike(bytes.subarray(0, left + bytes.length))
      return false
    },
    end: () => isOver || strike(new Uint8Array()),
  })
}

function neverEnd(response: ServerResponse): void {
  const write = response.write.bind(response)
  let latest: Uint8Array = Buffer.from('ok')
  overrideWrites(response, {
    write(bytes) {
      latest = bytes
      return write(bytes)
    },
    end: () => repeat(response, () => void write(latest)),
  })
}

function split(response: ServerResponse): void {
  const write = response.write.bind(response)
  const end = response.end.bind(response)
  let queue: Uint8Array = new Uint8Array()
  let hasEnded = false
  repeat(response, () => {
    if (queue.length > 0) {
      write(queue.subarray(0, 1))
      queue = queue.subarray(1)
      if (queue.length === 0) response.emit('drain')
    } else if (hasEnded) end()
  })
  overrideWrites(response, {
    write(bytes) {
      queue = Buffer.concat([queue, bytes])
      return false
    },
    end() {
      hasEnded = true
    },
  })
}

/** Puts others in place of `write` and `end` that get bytes, whatever the handler gives. */
function overrideWrites(
  response: ServerResponse,
  { write, end }: { write(bytes: Uint8Array): boolean; end(): unknown },
): void {
  const toBytes = (chunk: string | Uint8Array, encoding: unknown) =>
    typeof chunk === 'string'
      ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
      : Buffer.from(chunk)
  const called = (args: readonly unknown[]) => {
    const done = args.find(arg => typeof arg === 'function')
    if (done) queueMicrotask(done as () => void)
  }
  Object.assign(response, {
    write(chunk: string | Uint8Array, ...rest: unknown[]) {
      called(rest)
      return write(toBytes(chunk, rest[0]))
    },
    end(...args: unknown[]) {
      called(args)
      const [chunk, encoding] = args
      if (chunk != null && typeof chunk !== 'function') write(toBytes(chunk as string, encoding))
      end()
      return response
    },
  })
}

/** Whoever waits for a write from now on waits as for a client that reads no more. */
function silence(response: ServerResponse): void {
  Object.assign(response, { write: () => false, end: () => response })
}

/** Not `response.socket`: that one is gone when the client is, and not there yet behind an unfinished response. */
function socketOf(response: ServerResponse) {
  return response.req.socket
}

/** A reset takes unread bytes along: what was written first gets the time to arrive. */
function settle(then: () => void): void {
  setTimeout(then, 10)
}

function repeat(response: ServerResponse, write: () => void): void {
  const timer = setInterval(() => {
    if (response.writableEnded || response.destroyed) clearInterval(timer)
    else if (!response.writableNeedDrain) write()
  }, 1)
}
