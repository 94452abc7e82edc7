import { fetchEvents, isHttpError } from '@x/fetch-retry'
import type { Weather } from './faults.ts'
import { Problem } from './problem.ts'
import type { Reply } from './reply.ts'
import { throughWeather } from './through-weather.ts'

export interface ChatMessage {
  readonly role: string
  readonly content: string
}

/** A real model behind an OpenAI-compatible endpoint. */
export interface LanguageModel {
  /** Such as `http://localhost:11434/v1`. */
  readonly baseUrl: string
  readonly id: string
  readonly apiKey?: string | undefined
}

const POLICY = {
  maxRetries: 12,
  baseDelayMs: 150,
  maxDelayMs: 4000,
  reconnectMs: 150,
  // A model on a laptop takes its time to read a long conversation.
  timeoutMs: 60_000,
  bodyTimeoutMs: 20_000,
  idempotencyKey: 'auto',
}

/**
 * What a model says to a conversation. Until its first word it is asked again as often as it takes; when it breaks off after
 * that, nobody but the caller can begin anew, since it may choose other words. The weather blows here, too.
 */
export function modelReply(model: LanguageModel, messages: readonly ChatMessage[], weather: Weather): Reply {
  return {
    words: [],
    isRepeatable: false,
    async *speak(_, signal) {
      const body = JSON.stringify({ model: model.id, messages, stream: true })
      const headers = {
        'content-type': 'application/json',
        ...(model.apiKey ? { authorization: `Bearer ${model.apiKey}` } : {}),
      }
      const url = `${model.baseUrl.replace(/\/$/, '')}/chat/completions`
      const underWeather: typeof fetch = (input, init) => throughWeather(weather, () => fetch(input, init))
      let hasBegun = false
      try {
        let isFinished = false
        for await (const { data } of fetchEvents(
          url,
          { method: 'POST', headers, body, signal },
          { ...POLICY, fetch: underWeather },
        )) {
          if (data === '[DONE]') return
          const { choices: [choice] = [], error } = JSON.parse(data)
          if (error) throw new Error(error.message)
          if (choice?.delta?.content) {
            hasBegun = true
            yield choice.delta.content
          }
          isFinished ||= Boolean(choice?.finish_reason)
        }
        if (!isFinished) throw new Error('the model broke off')
      } catch (error) {
        // What nobody could cure before the first word has been asked for often enough; what is garbled, only once.
        const isFinal = isHttpError(error) || (!hasBegun && !(error instanceof SyntaxError))
        throw isFinal ? new Problem(502, 'model_refused', reasonOf(error)) : error
      }
    },
  }
}

function reasonOf(error: unknown): string {
  return isHttpError(error)
    ? `the model answered ${error.status}`
    : `the model is out of reach: ${(error as Error).message}`
}
