/// <reference lib="esnext.disposable" preserve="true" />
/// <reference types="node" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { shareOf } from './share-of.ts'

/**
 * How an answer goes wrong: the connection is reset before, in the middle of or after the headers, or closed properly
 * in mid-body; headers or body stop coming; the body never ends, or comes byte by byte.
 */
export type Fault =
  | 'reset-before-headers'
  | 'reset-in-headers'
  | 'reset-in-body'
  | 'truncated-body'
  | 'stalled-headers'
  | 'stalled-body'
  | 'endless-body'
  | 'split-body'

/** One answer of the server. */
export interface FaultReply {
  /** @defaultValue 200 */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** @defaultValue `ok` */
  readonly body?: string | Uint8Array
  /** Milliseconds before the headers. @defaultValue 0 */
  readonly delayMs?: number
  /** @defaultValue none */
  readonly fault?: Fault
  /** Bytes of the body that are sent before a fault in it. @defaultValue half of them */
  readonly faultAfter?: number
}

/** A request that the server has received. */
export interface ReceivedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** What has arrived of the body. */
  readonly body: Uint8Array
  /** `performance.now()` of its arrival. */
  readonly receivedAt: number
}

export interface FaultServerOptions {
  /** Answers where nothing is planned. @defaultValue 200 with the text `ok` */
  readonly reply?: FaultReply | ((request: ReceivedRequest) => FaultReply)
  /** The share of those answers, from 0 to 1, that meet each fault, or come with a status in place of their own. */
  readonly faults?: Readonly<Partial<Record<Fault | `${4 | 5}${number}`, number>>>
  /** The same seed gives the same faults to the same requests, in whatever order they arrive. @defaultValue 1 */
  readonly seed?: number
  /** @defaultValue any free one */
  readonly port?: number
}

/** A local HTTP server that fails as told. */
export interface FaultServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** Everything received, in order of arrival. */
  readonly requests: readonly ReceivedRequest[]
  readonly openSockets: number
  /** Of all connections since the start. */
  readonly totalSockets: number
  /** Answers requests for a path with these replies in turn, and with the last of them from then on; returns the URL. */
  plan(path: string, ...replies: readonly FaultReply[]): string
  /** Closes the server and each of its connections. */
  close(): Promise<void>
}

/**
 * Starts an HTTP server for tests whose answers fail as planned, or at random but the same way each time.
 *
 * @example
 * ```ts
 * import { createFetch } from '@x/fetch-retry'
 * import { faultServer } from '@x/fetch-retry/testing'
 *
 * await using server = await faultServer()
 * const url = server.plan('/orders', { status: 503 }, { fault: 'reset-before-headers' }, { body: 'here' })
 *
 * const response = await createFetch({ baseDelayMs: 1 })(url)
 * await response.text() // => 'here'
 * server.requests.length // => 3
 * ```
 */
export async function faultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const { reply = {}, faults = {}, seed = 1, port = 0 } = options
  const requests: ReceivedRequest[] = []
  const plans = new Map<string, FaultReply[]>()
  const seen = new Map<string, number>()
  const sockets = new Set<Socket>()

  const server = createServer((incoming, outgoing) => {
    const request = receive(incoming)
    requests.push(request)
    const next = nextReply(request)
    // A client that leaves in mid-request gets no answer, and breaks nothing.
    incoming.on('error', () => {}).on('end', () => answer(outgoing, next))
  })
  let totalSockets = 0
  server.on('connection', socket => {
    totalSockets++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))

  function nextReply(request: ReceivedRequest): FaultReply {
    const planned = plans.get(request.path.split('?')[0] ?? '')
    const next = planned && planned.length > 1 ? planned.shift() : planned?.[0]
    return next ?? misfortune(request, typeof reply === 'function' ? reply(request) : reply)
  }

  function misfortune({ method, path }: ReceivedRequest, good: FaultReply): FaultReply {
    const key = `${seed} ${method} ${path}`
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    let share = shareOf(`${key} ${nth}`)
    for (const [name, portion] of Object.entries(faults)) {
      share -= portion ?? 0
      if (share < 0) return /^\d/.test(name) ? { ...good, status: Number(name) } : { ...good, fault: name as Fault }
    }
    return good
  }

  async function close(): Promise<void> {
    const closed = [...sockets].map(socket => new Promise(resolve => socket.once('close', resolve)))
    server.close()
    server.closeAllConnections()
    await Promise.all(closed)
  }

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    get openSockets() {
      return sockets.size
    },
    get totalSockets() {
      return totalSockets
    },
    plan(path, ...replies) {
      plans.set(path, [...replies])
      return url + path
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function receive(incoming: IncomingMessage): ReceivedRequest {
  const { method = '', url = '', headers } = incoming
  const chunks: Buffer[] = []
  incoming.on('data', chunk => chunks.push(chunk))
  return {
    method,
    path: url,
    headers,
    get body() {
      return new Uint8Array(Buffer.concat(chunks))
    },
    receivedAt: performance.now(),
  }
}

function answer(outgoing: ServerResponse, reply: FaultReply): void {
  outgoing.on('error', () => {})
  if (!reply.delayMs) {
    send(outgoing, reply)
    return
  }
  const timer = setTimeout(() => send(outgoing, reply), reply.delayMs)
  outgoing.on('close', () => clearTimeout(timer))
}

function send(outgoing: ServerResponse, reply: FaultReply): void {
  const { status = 200, headers = {}, body = 'ok', fault } = reply
  // Not `outgoing.socket`: that one is gone when the client is, and not there yet behind an unfinished response.
  const { socket } = outgoing.req
  const bytes = Buffer.from(body)
  const part = bytes.subarray(0, reply.faultAfter ?? bytes.length / 2)
  const isChunked = fault === 'endless-body' || 'transfer-encoding' in headers
  const head = isChunked ? headers : { 'content-length': String(bytes.length), ...headers }
  switch (fault) {
    case undefined:
      outgoing.writeHead(status, status === 204 || status === 304 ? headers : head).end(bytes)
      return
    case 'stalled-headers':
      return
    case 'reset-before-headers':
      socket.resetAndDestroy()
      return
    case 'reset-in-headers':
      socket.write(`HTTP/1.1 ${status} Cut\r\nx-cut: `, () => settle(() => socket.resetAndDestroy()))
      return
  }
  outgoing.writeHead(status, head)
  outgoing.flushHeaders()
  switch (fault) {
    case 'reset-in-body':
      outgoing.write(part, () => settle(() => socket.resetAndDestroy()))
      return
    case 'truncated-body':
      outgoing.write(part, () => settle(() => socket.end()))
      return
    case 'stalled-body':
      outgoing.write(part)
      return
    case 'endless-body':
      repeat(outgoing, () => outgoing.write(bytes))
      return
    case 'split-body': {
      let sent = 0
      repeat(outgoing, () => {
        if (sent === bytes.length) outgoing.end()
        else outgoing.write(bytes.subarray(sent, ++sent))
      })
    }
  }
}

/** A reset takes unread bytes along: what was written first gets the time to arrive. */
function settle(then: () => void): void {
  setTimeout(then, 10)
}

function repeat(outgoing: ServerResponse, write: () => void): void {
  const timer = setInterval(() => {
    if (outgoing.writableEnded || outgoing.destroyed) clearInterval(timer)
    else if (!outgoing.writableNeedDrain) write()
  }, 1)
}
