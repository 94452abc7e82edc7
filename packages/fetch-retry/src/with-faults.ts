/// <reference types="node" />
import type { IncomingMessage, ServerResponse } from 'node:http'
import { breakResponse } from './break-response.ts'
import { drawFaults } from './draw-fault.ts'
import { checkShares, type FaultShares } from './fault.ts'
import { sendReply } from './send-reply.ts'

/** What a server's answers meet. */
export interface FaultOptions {
  readonly faults?: FaultShares | undefined
  /** The same seed gives the same faults to the same requests, in whatever order they arrive. @defaultValue 1 */
  readonly seed?: number | string | undefined
  /** Milliseconds before the handler is called. @defaultValue 0 */
  readonly delayMs?: number | undefined
}

/** What `http.createServer` takes. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

const MAX_FAULT_AFTER = 2000

/**
 * A handler of a Node HTTP server whose answers fail at random, but the same way each time.
 *
 * A status is answered in the handler's place. Every other fault breaks what the handler answers, after it has done its
 * work: this is how a request is processed and its answer lost. As a function, `options` are asked for at each request.
 *
 * @throws TypeError for a name in `faults` that is no fault and no status from 400 on.
 * @example
 * ```ts
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import type { AddressInfo } from 'node:net'
 * import { withFaults } from '@x/fetch-retry/testing'
 *
 * let outage = 1
 * const handler = withFaults((_, response) => response.end('fine'), () => ({ faults: { '503': outage } }))
 * const server = createServer(handler).listen(0)
 * await once(server, 'listening')
 * const url = `http://localhost:${(server.address() as AddressInfo).port}`
 *
 * const during = await fetch(url)
 * during.status // => 503
 * outage = 0
 * const after = await fetch(url)
 * await after.text() // => 'fine'
 * server.close()
 * ```
 */
export function withFaults(
  handler: Handler,
  options: FaultOptions | ((request: IncomingMessage) => FaultOptions),
): (request: IncomingMessage, response: ServerResponse) => void {
  const draw = drawFaults()
  if (typeof options === 'object') checkShares(options.faults)

  return (request, response) => {
    const drawing = typeof options === 'function' ? options(request) : options
    const { reply, at } = draw(request, drawing)
    const answer = () => {
      if (reply.status) return sendReply(response, reply)
      if (reply.fault) breakResponse(response, reply.fault, reply.faultAfter ?? Math.floor(at * MAX_FAULT_AFTER))
      return handler(request, response)
    }
    const delayMs = (drawing.delayMs ?? 0) + (reply.delayMs ?? 0)
    if (delayMs === 0) return void answer()
    const timer = setTimeout(answer, delayMs)
    response.on('close', () => clearTimeout(timer))
  }
}
