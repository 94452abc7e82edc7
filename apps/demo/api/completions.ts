import { botReply } from './bot-reply.ts'
import { type CompletionRequest, parseCompletionRequest } from './completion-request.ts'
import type { Weather } from './faults.ts'
import type { Generation } from './generation.ts'
import { jsonResponse, readJson } from './json.ts'
import type { Ledger } from './ledger.ts'
import { Problem } from './problem.ts'
import { seededRandom, seedOf } from './random.ts'
import { streamOf } from './stream-of.ts'
import { throughWeather } from './through-weather.ts'
import type { Weathers } from './weathers.ts'

/** `POST /v1/chat/completions`, under the weather. */
export async function answerCompletion(
  request: Request,
  { ledger, weathers }: { ledger: Ledger; weathers: Weathers },
): Promise<Response> {
  const asked = parseCompletionRequest(await readJson(request), request.headers)
  const weather = weathers.over(asked.destination.client)
  return await throughWeather(weather, async () => {
    const generation = begin(asked, ledger, weather)
    return asked.stream ? streamReply(generation, asked.after?.length ?? 0) : await wholeReply(generation)
  })
}

function begin(asked: CompletionRequest, ledger: Ledger, weather: Weather): Generation {
  const prompt = asked.prompts.at(-1) ?? ''
  const key = asked.key ?? crypto.randomUUID()
  const known = ledger.find(key)
  if (asked.after && (known?.fingerprint !== asked.after.fingerprint || known.length < asked.after.length))
    throw new Problem(404, 'unknown_generation', 'nothing is known of the reply to resume: begin it anew')
  return ledger.start({
    key,
    model: asked.bot.id,
    destination: asked.destination,
    // Not the conversation before the prompt: an older reply in it may have been completed since the first attempt.
    request: JSON.stringify([asked.bot.id, asked.destination, prompt, asked.seed]),
    reply() {
      const text = asked.bot.reply(prompt, seededRandom(seedOf(`${asked.prompts.length}:${prompt}`) + asked.seed))
      return botReply(text, () => weather.faults.paceMs)
    },
  })
}

function streamReply(generation: Generation, after: number): Response {
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
  return new Response(streamOf(eventsOf(generation, after)), { headers })
}

async function* eventsOf(generation: Generation, after: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  for await (const { end, piece } of generation.read(after))
    yield encoder.encode(`id: ${generation.fingerprint}:${end}\ndata: ${chunk(generation, { content: piece })}\n\n`)
  yield encoder.encode(`data: ${chunk(generation, {}, 'stop')}\n\n`)
  yield encoder.encode('data: [DONE]\n\n')
}

async function wholeReply(generation: Generation): Promise<Response> {
  let content = ''
  for await (const { piece } of generation.read(0)) content += piece
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
