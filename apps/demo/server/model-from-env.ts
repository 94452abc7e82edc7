import { fetchWithRetry } from '@x/fetch-retry'
import type { LanguageModel } from '../api/language-model.ts'

/** The model that `LLM_BASE_URL`, `LLM_API_KEY` and `LLM_MODEL` name; without the last, the first one it has. */
export async function modelFromEnv(env: NodeJS.ProcessEnv): Promise<LanguageModel | undefined> {
  const { LLM_BASE_URL: baseUrl, LLM_API_KEY: apiKey, LLM_MODEL: id } = env
  if (!baseUrl) return undefined
  if (!URL.canParse(baseUrl))
    throw new TypeError(`\`LLM_BASE_URL\` must be a URL such as http://localhost:11434/v1, got ${baseUrl}`)
  return { baseUrl, apiKey, id: id || (await firstModelOf(baseUrl, apiKey)) }
}

async function firstModelOf(baseUrl: string, apiKey: string | undefined): Promise<string> {
  const headers = apiKey ? { authorization: `Bearer ${apiKey}` } : {}
  const data = await fetchWithRetry(`${baseUrl.replace(/\/$/, '')}/models`, { options: { headers }, maxRetries: 2 })
    .then(async response => ((await response.json()) as { data?: { id: string }[] }).data ?? [])
    .catch((cause: Error) => {
      throw new Error(
        `\`LLM_BASE_URL\` ${baseUrl} does not list its models (${cause.message}): is it running? Or name one in \`LLM_MODEL\``,
        { cause },
      )
    })
  if (!data[0]) throw new Error(`${baseUrl} has no model: name one in \`LLM_MODEL\``)
  return data[0].id
}
