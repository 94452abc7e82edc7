import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type CompletionRequest, parseCompletionRequest } from './completion-request.ts'
import type { Fate, Weather } from './faults.ts'
import type { Generation } from './generation.ts'
import { readJson, sendJson } from './json.ts'
import type { Ledger } from './ledger.ts'
import { Problem } from './problem.ts'
import { seededRandom, seedOf } from './random.ts'

/** `POST /v1/chat/completions`, under the weather. */
export async function answerCompletion(
  request: IncomingMessage,
  response: ServerResponse,
  { ledger, weather }: { ledger: Ledger; weather: Weather },
): Promise<void> {
  const asked = parseCompletionRequest(await readJson(request), request.headers)
  const fate = weather.nextFate()
  await wait(weather.faults.latencyMs)
  if (fate.kind === 'unavailable') throw new Problem(503, 'unavailable', 'the bot is away for a moment')
  if (fate.kind === 'rateLimited')
    throw new Problem(429, 'rate_limited', 'too many requests', {
      'retry-after': String(weather.faults.retryAfterSeconds),
    })
  const generation = begin(asked, ledger)
  if (asked.stream) await streamReply(response, generation, asked.after, fate)
  else await sendReply(response, generation, fate)
}

function begin(asked: CompletionRequest, ledger: Ledger): Generation {
  const prompt = asked.prompts.at(-1) ?? ''
  const key = asked.key ?? randomUUID()
  const known = ledger.find(key)
  if (asked.after > (known?.words.length ?? 0))
    throw new Problem(404, 'unknown_generation', 'nothing is known of the reply to resume: begin it anew')
  return ledger.start({
    key,
    model: asked.bot.id,
    destination: asked.destination,
    // Not the conversation before the prompt: an older reply in it may have been completed since the first attempt.
    fingerprint: JSON.stringify([asked.bot.id, asked.destination, prompt]),
    text: () => asked.bot.reply(prompt, seededRandom(seedOf(`${asked.prompts.length}:${prompt}`))),
  })
}

const SETTLE_MS = 25

async function streamReply(response: ServerResponse, generation: Generation, after: number, fate: Fate): Promise<void> {
  if (fate.kind === 'dropped' && fate.afterTokens === 0) return void response.destroy()
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.flushHeaders()
  const send = async (event: string): Promise<void> => {
    if (!response.write(event) && !response.destroyed) await Promise.race([once(response, 'drain'), closed(response)])
  }
  let left = 'afterTokens' in fate ? fate.afterTokens : Number.POSITIVE_INFINITY
  for await (const { index, piece } of generation.read(after)) {
    if (response.destroyed) return
    if (left-- <= 0) return fate.kind === 'dropped' ? await cutOff(response) : await closed(response)
    await send(`id: ${index + 1}\ndata: ${chunk(generation, { content: piece })}\n\n`)
  }
  await send(`data: ${chunk(generation, {}, 'stop')}\n\n`)
  response.end('data: [DONE]\n\n')
}

/** A reset takes along what the client has not read yet: what was sent before gets the time to arrive. */
async function cutOff(response: ServerResponse): Promise<void> {
  await wait(SETTLE_MS)
  response.destroy()
}

async function sendReply(response: ServerResponse, generation: Generation, fate: Fate): Promise<void> {
  let content = ''
  for await (const { piece } of generation.read(0)) content += piece
  if (fate.kind === 'dropped') return void response.destroy()
  if (fate.kind === 'stalled') return await closed(response)
  const message = { role: 'assistant', content: content.trimEnd() }
  sendJson(response, 200, {
    ...envelope(generation, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  })
}

function chunk(generation: Generation, delta: object, finishReason: 'stop' | null = null): string {
  return JSON.stringify({
    ...envelope(generation, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  })
}

function envelope(generation: Generation, object: string): object {
  const created = Math.floor(generation.createdAt / 1000)
  return {
    id: `chatcmpl-${generation.key}`,
    object,
    created,
    model: generation.model,
    system_fingerprint: generation.run,
  }
}

async function closed(response: ServerResponse): Promise<void> {
  if (!response.destroyed) await once(response, 'close')
}
