/// <reference lib="esnext.disposable" preserve="true" />
/// <reference types="node" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { drawFaults } from './draw-fault.ts'
import { checkFault, checkShares, type FaultReply } from './fault.ts'
import { sendReply } from './send-reply.ts'
import type { FaultOptions } from './with-faults.ts'

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

/** What a {@link faultServer} answers where nothing is planned. */
export interface FaultServerOptions extends FaultOptions {
  /** @defaultValue 200 with the text `ok` */
  readonly reply?: FaultReply | ((request: ReceivedRequest) => FaultReply) | undefined
  /** @defaultValue any free one */
  readonly port?: number | undefined
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
  /**
   * Answers requests for a path, with any query, with these replies in turn, and with the last of them from then on;
   * returns the URL.
   * @throws TypeError for a path without a slash or with a query, and for a fault that there is not.
   */
  plan(path: string, ...replies: readonly FaultReply[]): string
  /** Closes the server and each of its connections. */
  close(): Promise<void>
}

/**
 * Starts an HTTP server for tests whose answers fail as planned, or at random but the same way each time.
 *
 * @throws TypeError for a name in `faults` that is no fault and no status from 400 on.
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
  const { reply = {}, delayMs = 0, port = 0 } = options
  checkShares(options.faults)
  if (typeof reply === 'object') checkFault(reply)
  const requests: ReceivedRequest[] = []
  const plans = new Map<string, FaultReply[]>()
  const draw = drawFaults()
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
    if (next) return next
    const { method, path } = request
    const good = typeof reply === 'function' ? reply(request) : reply
    return { ...good, delayMs: good.delayMs ?? delayMs, ...draw({ method, url: path }, options).reply }
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
      if (!/^\/[^?#]*$/.test(path)) throw new TypeError(`\`path\` must begin with / and have no query, got ${path}`)
      replies.forEach(checkFault)
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
    sendReply(outgoing, reply)
    return
  }
  const timer = setTimeout(() => sendReply(outgoing, reply), reply.delayMs)
  outgoing.on('close', () => clearTimeout(timer))
}
