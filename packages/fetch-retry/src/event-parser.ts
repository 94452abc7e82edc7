/** An event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** The last id that the stream has given, of this event or one before; '' when there was none. */
  readonly id: string
  /** @defaultValue `message` */
  readonly event: string
  readonly data: string
  /** The reconnection time in milliseconds that came with this event, if any did. */
  readonly retry?: number | undefined
}

/**
 * Parses the text of one event stream, in pieces of any size, as the HTML standard does (section 9.2.6).
 *
 * An event counts when its empty line has come: what the stream breaks off with is forgotten, its id included.
 */
export class EventParser {
  /** The id of the last event that was complete. */
  lastEventId: string
  /** The reconnection time that the stream has asked for, in milliseconds. */
  reconnectMs: number | undefined
  /** Whether an event or a comment has come. */
  isAlive = false
  #pending = ''
  #endedInCarriageReturn = false
  #id: string
  #event = ''
  #data: string[] = []
  #retry: number | undefined

  constructor(lastEventId: string) {
    this.lastEventId = lastEventId
    this.#id = lastEventId
  }

  /** The events that a piece of text completes. */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = []
    let start = 0
    // A line may end in CR, LF or both, and a piece between the two.
    if (this.#endedInCarriageReturn && text.startsWith('\n')) start = 1
    if (text) this.#endedInCarriageReturn = text.endsWith('\r')
    const lineEnd = /\r\n|\r|\n/g
    lineEnd.lastIndex = start
    for (let match = lineEnd.exec(text); match; match = lineEnd.exec(text)) {
      const event = this.#takeLine(this.#pending + text.slice(start, match.index))
      if (event) events.push(event)
      this.#pending = ''
      start = lineEnd.lastIndex
    }
    this.#pending += text.slice(start)
    return events
  }

  #takeLine(line: string): ServerSentEvent | undefined {
    if (line === '') return this.#dispatch()
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'data') this.#data.push(value)
    else if (field === 'event') this.#event = value
    else if (field === '') this.isAlive = true
    else if (field === 'id' && !value.includes('\0')) this.#id = value
    else if (field === 'retry' && /^\d+$/.test(value)) this.reconnectMs = this.#retry = Number(value)
    return undefined
  }

  #dispatch(): ServerSentEvent | undefined {
    const [id, event, data, retry] = [this.#id, this.#event, this.#data, this.#retry]
    this.lastEventId = id
    this.#event = ''
    this.#data = []
    this.#retry = undefined
    if (data.length === 0) return undefined
    this.isAlive = true
    return { id, event: event || 'message', data: data.join('\n'), retry }
  }
}
