/// <reference types="node" />
import type { ServerResponse } from 'node:http'
import { breakResponse } from './break-response.ts'
import type { FaultReply } from './fault.ts'

/** Answers with a reply, and with its fault. */
export function sendReply(response: ServerResponse, reply: FaultReply): void {
  const { status = 200, headers = {}, body = 'ok', fault } = reply
  const bytes = Buffer.from(body)
  if (fault) breakResponse(response, fault, reply.faultAfter ?? bytes.length / 2)
  const hasNoLength = status === 204 || status === 304 || fault === 'endless-body' || 'transfer-encoding' in headers
  response.writeHead(status, hasNoLength ? headers : { 'content-length': String(bytes.length), ...headers }).end(bytes)
}
