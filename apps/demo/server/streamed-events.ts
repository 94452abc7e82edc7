/** An event as a test reads it. */
export interface StreamedEvent {
  id?: string
  data: string
}

/** The events that arrive, until the stream ends or breaks. */
export async function eventsOf(response: Response): Promise<{ events: StreamedEvent[]; broken: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  let broken = false
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true })
  } catch {
    broken = true
  }
  const events = text
    .split('\n\n')
    .filter(Boolean)
    .map(event => {
      const id = /^id: (\S+)$/m.exec(event)?.[1]
      return { ...(id ? { id } : {}), data: /^data: (.*)$/m.exec(event)?.[1] ?? '' }
    })
  return { events, broken }
}

/** The text of a streamed reply. */
export function contentOf(events: StreamedEvent[]): string {
  return events
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => JSON.parse(data).choices[0].delta.content ?? '')
    .join('')
}
