import { botReply } from './bot-reply.ts'
import { bots } from './bots.ts'
import { type CompletionRequest, parseCompletionRequest } from './completion-request.ts'
import type { Weather } from './faults.ts'
import type { Generation } from './generation.ts'
import { jsonResponse, readJson } from './json.ts'
import { type LanguageModel, modelReply } from './language-model.ts'
import type { Ledger } from './ledger.ts'
import { Problem } from './problem.ts'
import { seededRandom, seedOf } from './random.ts'
import type { Reply } from './reply.ts'
import { streamOf } from './stream-of.ts'
import { throughWeather } from './through-weather.ts'
import type { Weathers } from './weathers.ts'

const SIGN_OF_LIFE_MS = 1000

export interface Surroundings {
  readonly ledger: Ledger
  readonly weathers: Weathers
  readonly model: LanguageModel | undefined
}

/** `POST /v1/chat/completions`, under the weather. */
export async function answerCompletion(request: Request, { ledger, weathers, model }: Surroundings): Promise<Response> {
  const models = [...bots.map(({ id }) => id), ...(model ? [model.id] : [])]
  const asked = parseCompletionRequest(await readJson(request), request.headers, models)
  const weather = weathers.over(asked.destination.client)
  return await throughWeather(weather, async () => {
    const generation = begin(asked, ledger, () => replyOf(asked, model, weather))
    return asked.stream ? streamReply(generation, asked.after?.length ?? 0) : await wholeReply(generation)
  })
}

function begin(asked: CompletionRequest, ledger: Ledger, reply: () => Reply): Generation {
  const key = asked.key ?? crypto.randomUUID()
  if (asked.after && !canGoOn(ledger.find(key), asked.after))
    throw new Problem(404, 'unknown_generation', 'nothing is known of the reply to resume: begin it anew')
  // Not the conversation before the prompt: an older reply in it may have been completed since the first attempt.
  const request = JSON.stringify([asked.model, asked.destination, promptsOf(asked).at(-1), asked.seed])
  return ledger.start({ key, model: asked.model, destination: asked.destination, request, reply })
}

function canGoOn(known: Generation | undefined, after: NonNullable<CompletionRequest['after']>): boolean {
  return known?.state !== 'failed' && known?.fingerprint === after.fingerprint && known.length >= after.length
}

function replyOf(asked: CompletionRequest, model: LanguageModel | undefined, weather: Weather): Reply {
  const bot = bots.find(({ id }) => id === asked.model)
  if (!bot) return modelReply(model as LanguageModel, asked.messages, weather)
  const prompts = promptsOf(asked)
  const prompt = prompts.at(-1) ?? ''
  const text = bot.reply(prompt, seededRandom(seedOf(`${prompts.length}:${prompt}`) + asked.seed))
  return botReply(text, () => weather.faults.paceMs)
}

function promptsOf({ messages }: CompletionRequest): string[] {
  return messages.filter(({ role }) => role === 'user').map(({ content }) => content)
}

function streamReply(generation: Generation, after: number): Response {
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
  return new Response(streamOf(eventsOf(generation, after)), { headers })
}

async function* eventsOf(generation: Generation, after: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const pieces = generation.read(after)
  for (let next = pieces.next(); ; next = pieces.next()) {
    // Who is silent is taken for dead, and a model may think for a while.
    while (!(await settledWithin(next, SIGN_OF_LIFE_MS))) yield encoder.encode(': thinking\n\n')
    const { done, value } = await next
    if (done) break
    const { end, piece } = value
    yield encoder.encode(`id: ${generation.fingerprint}:${end}\ndata: ${chunk(generation, { content: piece })}\n\n`)
  }
  if (generation.state === 'failed') {
    const { message } = generation.failure as Error
    return yield encoder.encode(`data: ${JSON.stringify({ error: { message, type: 'server_error' } })}\n\n`)
  }
  yield encoder.encode(`data: ${chunk(generation, {}, 'stop')}\n\n`)
  yield encoder.encode('data: [DONE]\n\n')
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, ms, false)
  const settled = promise.then(
    () => true,
    () => true,
  )
  const isSettled = await Promise.race([settled, late])
  clearTimeout(timer)
  return isSettled
}

async function wholeReply(generation: Generation): Promise<Response> {
  let content = ''
  for await (const { piece } of generation.read(0)) content += piece
  if (generation.state === 'failed') throw new Problem(502, 'model_failed', (generation.failure as Error).message)
  const message = { role: 'assistant', content: content.trimEnd() }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  return jsonResponse(200, { ...envelope(generation, 'chat.completion'), choices })
}

function chunk(generation: Generation, delta: object, finishReason: 'stop' | null = null): string {
  return JSON.stringify({
    ...envelope(generation, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  })
}

function envelope({ init, createdAt, fingerprint }: Generation, object: string): object {
  const created = Math.floor(createdAt / 1000)
  return { id: `chatcmpl-${init.key}`, object, created, model: init.model, system_fingerprint: fingerprint }
}
