import { type ContentRange, readContentRange, readStrongTag } from './content-range.ts'
import { releaseResponse } from './release-response.ts'
import { ResumeError } from './resume-error.ts'

/** Asks for the entity again, with more headers, after an error that has broken its body. */
type Reconnect = (headers: Record<string, string>, broken: Broken | undefined) => Promise<Response>

export interface Broken {
  readonly error: unknown
}

/** The bytes of one entity, over as many responses as it takes. */
export class Download {
  deliveredBytes = 0
  readonly #reconnect: Reconnect
  readonly #maxIdleBreaks: number
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  /** What was asked for, as the response that began it says. */
  #whole: ContentRange | undefined
  /** The last byte of the response under way. */
  #partEnd = Infinity
  #status = 200
  #tag: string | undefined
  #deliveredAtBreak = -1
  #idleBreaks = 0

  constructor(response: Response, reconnect: Reconnect, maxIdleBreaks: number) {
    this.#reconnect = reconnect
    this.#maxIdleBreaks = maxIdleBreaks
    this.#begin(response)
  }

  /** How many bytes there are to deliver, where the server says. */
  get totalBytes(): number | undefined {
    const { start, end } = this.#whole ?? {}
    return start === undefined || end === undefined ? undefined : end - start + 1
  }

  /** The next piece, or `undefined` after the last. */
  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      let chunk: Uint8Array | undefined
      let broken: Broken | undefined
      try {
        chunk = (await this.#reader?.read())?.value
      } catch (error) {
        broken = { error }
      }
      if (chunk) return this.#take(chunk)
      const { deliveredBytes, totalBytes = deliveredBytes } = this
      if (!broken && deliveredBytes === totalBytes) return undefined
      // A part may be shorter than what was asked for; a body may not be shorter than its part.
      const isCut = this.#position !== this.#partEnd + 1
      if (!broken && isCut) broken = { error: new Error(`Body ended after ${deliveredBytes} of ${totalBytes} bytes`) }
      await this.#resume(broken)
    }
  }

  /** Frees the connection; a body that is broken already has none. */
  cancel(reason: unknown): void {
    this.#reader?.cancel(reason).catch(() => {})
  }

  /** Of the next byte in the entity. */
  get #position(): number {
    return (this.#whole?.start ?? 0) + this.deliveredBytes
  }

  #begin(response: Response): void {
    this.#status = response.status
    this.#whole = readContentRange(response)
    this.#tag = readStrongTag(response.headers)
    this.#open(response, this.#whole)
  }

  #open({ body }: Response, range: ContentRange | undefined): void {
    this.#reader = body?.getReader()
    this.#partEnd = range?.end ?? Infinity
  }

  #take(chunk: Uint8Array): Uint8Array {
    this.deliveredBytes += chunk.byteLength
    if (this.#position <= this.#partEnd + 1) return chunk
    throw new ResumeError(`Got more bytes than announced: ${this.deliveredBytes}`)
  }

  async #resume(broken: Broken | undefined): Promise<void> {
    this.#idleBreaks = this.deliveredBytes === this.#deliveredAtBreak ? this.#idleBreaks + 1 : 0
    this.#deliveredAtBreak = this.deliveredBytes
    const isResumable = this.#whole && this.#tag !== undefined
    const isHopeless = this.#idleBreaks > this.#maxIdleBreaks || (this.deliveredBytes > 0 && !isResumable)
    if (broken && isHopeless) throw broken.error
    if (this.deliveredBytes === 0) return this.#restart(await this.#reconnect({}, broken), broken)

    const range = `bytes=${this.#position}-${(this.#status === 206 && this.#whole?.end) || ''}`
    const response = await this.#reconnect({ range, 'if-range': this.#tag ?? '' }, broken)
    const part = readContentRange(response)
    this.#refuse(response, this.#problemOf(response, part), broken)
    // A chunked body tells its length only now.
    if (this.#whole?.end === undefined && part?.total !== undefined)
      this.#whole = { start: 0, end: part.total - 1, total: part.total }
    this.#open(response, part)
  }

  #restart(response: Response, broken: Broken | undefined): void {
    const { status } = response
    const isSame = status === this.#status && readContentRange(response)?.start === this.#whole?.start
    this.#refuse(response, isSame ? undefined : `got ${status} in place of ${this.#status}`, broken)
    this.#begin(response)
  }

  #refuse(response: Response, problem: string | undefined, broken: Broken | undefined): void {
    if (!problem) return
    releaseResponse(response)
    throw new ResumeError(`Cannot go on after ${this.deliveredBytes} bytes: ${problem}`, { cause: broken?.error })
  }

  #problemOf({ status, headers }: Response, part: ContentRange | undefined): string | undefined {
    const { total, end } = this.#whole ?? {}
    if (status !== 206) return `got ${status} for a range`
    if (readStrongTag(headers) !== this.#tag) return `the entity is ${headers.get('etag')}, and was ${this.#tag}`
    if (part?.start !== this.#position) return `asked for byte ${this.#position}, got ${headers.get('content-range')}`
    const isSameLength = part.total === undefined || total === undefined || part.total === total
    if (!isSameLength || (part.end ?? 0) > (end ?? Infinity)) return `the length is ${part.total}, and was ${total}`
    return undefined
  }
}
