import type { Destination } from '../shared/ledger.ts'
import type { ChatMessage } from './language-model.ts'
import { Problem } from './problem.ts'

export interface CompletionRequest {
  readonly model: string
  readonly stream: boolean
  /** Another one brings other words. */
  readonly seed: number
  /** The newest last; at least one of them is the user's. */
  readonly messages: readonly ChatMessage[]
  readonly destination: Destination
  readonly key: string | undefined
  /** How much the caller has already, and of which text. */
  readonly after: { readonly fingerprint: string; readonly length: number } | undefined
}

/** Reads `POST /v1/chat/completions` as OpenAI documents it; what the bots have no use for is ignored. */
export function parseCompletionRequest(body: unknown, headers: Headers, models: readonly string[]): CompletionRequest {
  if (!isRecord(body)) throw invalid('the body must be an object')
  const { model, messages, stream = false, metadata = {}, seed = 0 } = body
  if (typeof model !== 'string') throw invalid(`\`model\` must be a string, got ${kindOf(model)}`)
  if (!models.includes(model))
    throw new Problem(404, 'model_not_found', `there is no model \`${model}\`; there are ${models.join(', ')}`)
  if (typeof stream !== 'boolean') throw invalid(`\`stream\` must be a boolean, got ${kindOf(stream)}`)
  if (!Number.isInteger(seed)) throw invalid(`\`seed\` must be a whole number, got ${JSON.stringify(seed)}`)
  return {
    model,
    seed: Number(seed),
    stream,
    messages: checked(messages),
    destination: destinationOf(metadata),
    key: keyOf(headers.get('idempotency-key')),
    after: afterOf(headers.get('last-event-id')),
  }
}

function checked(messages: unknown): ChatMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) throw invalid('`messages` must be an array of at least one')
  messages.forEach((message: unknown, index) => {
    if (!isRecord(message) || typeof message.role !== 'string' || typeof message.content !== 'string')
      throw invalid(`\`messages[${index}]\` must have a \`role\` and a \`content\`, both strings`)
  })
  const all = messages as ChatMessage[]
  if (!all.some(({ role }) => role === 'user')) throw invalid('`messages` must have one whose `role` is user')
  return all.map(({ role, content }) => ({ role, content }))
}

function destinationOf(metadata: unknown): Destination {
  if (!isRecord(metadata)) throw invalid(`\`metadata\` must be an object, got ${kindOf(metadata)}`)
  const text = (name: string): string => {
    const value = metadata[name] ?? ''
    if (typeof value !== 'string') throw invalid(`\`metadata.${name}\` must be a string, got ${kindOf(value)}`)
    return value
  }
  return { client: text('client'), chat: text('chat'), message: text('message') }
}

function keyOf(header: string | null): string | undefined {
  if (header === null) return undefined
  if (!/^[\x21-\x7e]{1,255}$/.test(header)) throw invalid('`Idempotency-Key` must be 1 to 255 visible ASCII characters')
  return header
}

function afterOf(header: string | null): CompletionRequest['after'] {
  if (!header) return undefined
  const [, fingerprint, length] = /^([\w.-]+):(\d{1,9})$/.exec(header) ?? []
  if (!fingerprint) throw invalid('`Last-Event-ID` must be the id of an event of the reply')
  return { fingerprint, length: Number(length) }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
}

function invalid(message: string): Problem {
  return new Problem(400, 'invalid_request', message)
}
