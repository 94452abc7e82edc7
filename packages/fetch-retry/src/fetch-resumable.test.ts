import { createHash } from 'node:crypto'
import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fetchResumable, HttpError, ResumeError } from './index.ts'
import { type FaultReply, type FaultServer, faultServer, type ReceivedRequest } from './testing.ts'

const FAST = { baseDelayMs: 1, maxDelayMs: 2 }
const TAG = { etag: '"v1"' }
const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) % 256)

/** What an honest server answers to a range request. */
function rangeOf({ headers }: ReceivedRequest, bytes = BYTES, tag = TAG.etag): FaultReply {
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(String(headers.range)) ?? []
  if (start === undefined || (headers['if-range'] ?? tag) !== tag) return { headers: { etag: tag }, body: bytes }
  const last = end ? Number(end) : bytes.length - 1
  const range = { 'content-range': `bytes ${start}-${last}/${bytes.length}` }
  return { status: 206, headers: { etag: tag, ...range }, body: bytes.subarray(Number(start), last + 1) }
}
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const brokenAt = (faultAfter: number, reply: FaultReply): FaultReply => ({
  ...reply,
  fault: 'reset-in-body',
  faultAfter,
})
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

describe('fetchResumable', () => {
  let server: FaultServer
  let count = 0
  const plan = (...replies: FaultReply[]) => server.plan(`/file-${++count}`, ...replies)
  const sent = (url: string) => server.requests.filter(request => server.url + request.path === url)

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  it('delivers what does not break as it is', async () => {
    const url = plan({ headers: { ...TAG, 'content-type': 'a/b' }, body: BYTES })

    const response = await fetchResumable(url, { headers: { 'x-a': 'b' } }, FAST)

    expect(response).toMatchObject({ status: 200, url, type: 'basic', redirected: false })
    expect(response.headers.get('content-type')).toBe('a/b')
    expect(await bytesOf(response)).toEqual(BYTES)
    expect(sent(url)[0]?.headers).toMatchObject({ 'x-a': 'b', 'accept-encoding': 'identity' })
    expect(sent(url)).toHaveLength(1)
  })

  it('is one body over 20 breaks of a server, with the right hash', async () => {
    const bytes = Uint8Array.from({ length: 4_000_000 }, (_, index) => (index * index) % 251)
    const faults = ['reset-in-body', 'truncated-body'] as const
    let answers = 0
    const reply = (request: ReceivedRequest) => {
      const fault = faults[answers++ % 2] ?? 'reset-in-body'
      return answers > 20 ? rangeOf(request, bytes) : { ...rangeOf(request, bytes), fault, faultAfter: 190_000 }
    }
    await using breaking = await faultServer({ reply })
    const progress: number[] = []

    const response = await fetchResumable(
      breaking.url,
      {},
      {
        ...FAST,
        onProgress: ({ loadedBytes, totalBytes }) => progress.push(loadedBytes / (totalBytes ?? 0)),
      },
    )

    expect(hash(await bytesOf(response))).toBe(hash(bytes))
    expect(breaking.requests.length).toBeGreaterThanOrEqual(20)
    expect(progress.at(-1)).toBe(1)
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
  })

  it('asks for the rest with If-Range, and retries that request', async () => {
    const whole = { headers: TAG, body: BYTES }
    const rest = { status: 206, headers: { ...TAG, 'content-range': 'bytes 600-999/1000' }, body: BYTES.subarray(600) }
    const url = plan(brokenAt(600, whole), { status: 503 }, { fault: 'reset-before-headers' }, rest)

    expect(await bytesOf(await fetchResumable(url, {}, FAST))).toEqual(BYTES)

    expect(sent(url).map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
      [undefined, undefined],
      ...Array.from({ length: 3 }, () => ['bytes=600-', '"v1"']),
    ])
  })

  /** How a body ends that breaks after 600 of 1000 bytes and goes on with a reply. */
  async function goOnWith(reply: FaultReply, first: FaultReply = { headers: TAG, body: BYTES }) {
    const response = await fetchResumable(plan(brokenAt(600, first), reply), {}, { ...FAST, maxRetries: 1 })
    const delivered: number[] = []
    const reading = response.body?.pipeTo(new WritableStream({ write: chunk => void delivered.push(...chunk) }))
    const error = await reading?.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(delivered).toEqual([...BYTES.subarray(0, delivered.length)])
    return error
  }
  const partial = (range: string, body: Uint8Array, headers: Record<string, string> = TAG): FaultReply => ({
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${range}` },
    body,
  })
  const REST = BYTES.subarray(600)

  it('never splices: another version, another place or another length fails', async () => {
    expect(await goOnWith(partial('600-999/1000', REST))).toBeUndefined()

    for (const wrong of [
      { headers: TAG, body: BYTES },
      { headers: { etag: '"v2"' }, body: BYTES },
      partial('600-999/1000', REST, { etag: '"v2"' }),
      partial('600-999/1000', REST, { etag: 'W/"v1"' }),
      partial('600-999/1000', REST, {}),
      partial('0-399/1000', BYTES.subarray(0, 400)),
      partial('601-999/1000', BYTES.subarray(601)),
      partial('600-1099/1100', BYTES.subarray(0, 500)),
      partial('600-1099/*', BYTES.subarray(0, 500)),
      partial('600-999/1000', REST, { ...TAG, 'content-encoding': 'gzip' }),
      { status: 206, headers: TAG, body: REST },
    ] satisfies FaultReply[]) {
      const error = await goOnWith(wrong)

      expect(error).toBeInstanceOf(ResumeError)
      expect((error as ResumeError).code).toBe('FETCH_RESUME_ERROR')
      expect((error as ResumeError).cause).toBeInstanceOf(TypeError)
    }
    expect(await goOnWith({ status: 416 })).toBeInstanceOf(HttpError)
  })

  it('fails with the break itself where nothing strong tells the version, or where bytes are encoded', async () => {
    const rest = partial('600-999/1000', REST)
    for (const headers of [{}, { etag: 'W/"v1"' }, { etag: 'v1' }, { ...TAG, 'content-encoding': 'x-none' }]) {
      const error = await goOnWith(rest, { headers, body: BYTES })

      expect(error).toBeInstanceOf(TypeError)
      expect(error).not.toBeInstanceOf(ResumeError)
    }
  })

  it('begins anew as long as nothing has been delivered', async () => {
    const other = Uint8Array.from(BYTES, byte => byte ^ 255)
    const url = plan(brokenAt(0, { headers: TAG, body: BYTES }), {
      headers: { etag: '"v2"' },
      body: other.subarray(0, 900),
    })

    const response = await fetchResumable(url, {}, FAST)

    expect(await bytesOf(response)).toEqual(other.subarray(0, 900))
    expect(response.headers.get('etag')).toBe('"v2"')
    expect(response.headers.get('content-length')).toBe('900')
    expect(sent(url)[1]?.headers.range).toBeUndefined()

    const partOnly = plan(brokenAt(0, { headers: TAG, body: BYTES }), partial('600-999/1000', REST))
    const forged = await fetchResumable(partOnly, {}, FAST)
    await expect(forged.arrayBuffer()).rejects.toThrow(ResumeError)
  })

  it('resumes a range that the caller asked for, within its bounds', async () => {
    const url = plan(
      brokenAt(50, partial('100-299/1000', BYTES.subarray(100, 300))),
      partial('150-299/1000', BYTES.subarray(150, 300)),
    )

    const response = await fetchResumable(url, { headers: { range: 'bytes=100-299' } }, FAST)

    expect(response.status).toBe(206)
    expect(await bytesOf(response)).toEqual(BYTES.subarray(100, 300))
    expect(sent(url)[1]?.headers.range).toBe('bytes=150-299')
  })

  it('goes on after a server that sends less than it was asked for', async () => {
    const url = plan(
      brokenAt(100, { headers: TAG, body: BYTES }),
      partial('100-499/1000', BYTES.subarray(100, 500)),
      partial('500-999/1000', BYTES.subarray(500)),
    )

    expect(await bytesOf(await fetchResumable(url, {}, FAST))).toEqual(BYTES)
  })

  it('learns the length of a chunked body from its parts', async () => {
    const url = plan(
      brokenAt(100, { headers: { ...TAG, 'transfer-encoding': 'chunked' }, body: BYTES }),
      partial('100-499/1000', BYTES.subarray(100, 500)),
      partial('500-999/1000', BYTES.subarray(500)),
    )

    expect(await bytesOf(await fetchResumable(url, {}, FAST))).toEqual(BYTES)
  })

  it('gives up after maxRetries breaks in a row that brought nothing', async () => {
    const whole = { headers: TAG, body: BYTES }
    const url = plan(brokenAt(600, whole), brokenAt(0, partial('600-999/1000', REST)))

    const response = await fetchResumable(url, {}, { ...FAST, maxRetries: 2 })

    await expect(response.arrayBuffer()).rejects.toThrow(TypeError)
    expect(sent(url)).toHaveLength(4)
  })

  it('takes silence for a break', async () => {
    const url = plan({ headers: TAG, body: BYTES, fault: 'stalled-body' }, partial('500-999/1000', BYTES.subarray(500)))

    const response = await fetchResumable(url, {}, { ...FAST, bodyTimeoutMs: 500 })

    expect(await bytesOf(response)).toEqual(BYTES)
  })

  it('reads nothing ahead of its reader', async () => {
    const onProgress = vi.fn()
    const response = await fetchResumable(plan({ headers: TAG, body: new Uint8Array(5_000_000) }), {}, { onProgress })
    const reader = response.body?.getReader()

    await reader?.read()
    await new Promise(resolve => setTimeout(resolve, 50))

    expect(onProgress).toHaveBeenCalledTimes(1)
    await reader?.cancel()
  })

  it("ends with the caller's reason, in the body and in the wait, and leaves no listener", async () => {
    const reason = { why: 'stop' }
    for (const first of [{ fault: 'stalled-body' }, { fault: 'reset-in-body' }] as const) {
      const controller = new AbortController()
      const url = plan({ headers: TAG, body: BYTES, ...first }, { status: 503 })
      const response = await fetchResumable(url, { signal: controller.signal }, { baseDelayMs: 5000, jitter: 'none' })
      setTimeout(() => controller.abort(reason), 60)

      await expect(response.arrayBuffer()).rejects.toBe(reason)
      await vi.waitFor(() => expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0))
    }
  })

  it('stops waiting when the body is cancelled', async () => {
    const url = plan({ headers: TAG, body: BYTES, fault: 'reset-in-body' }, { status: 503 })
    const response = await fetchResumable(url, {}, { baseDelayMs: 5000, jitter: 'none' })
    const reader = response.body?.getReader()
    while ((await Promise.race([reader?.read(), new Promise(resolve => setTimeout(resolve, 100))])) !== undefined);

    await reader?.cancel()

    await new Promise(resolve => setTimeout(resolve, 20))
    expect(sent(url)).toHaveLength(1)
  })

  it('hands over a failed response, refuses other methods, and reports a broken onProgress', async () => {
    const onHookError = vi.fn()
    const onProgress = () => {
      throw new Error('broken hook')
    }

    expect(await (await fetchResumable(plan({ status: 404, body: 'no' }), {}, FAST)).text()).toBe('no')
    await expect(fetchResumable(server.url, { method: 'POST' })).rejects.toThrow('`method` must be GET, got POST')
    const response = await fetchResumable(plan({ body: 'x' }), {}, { onProgress, onHookError })
    expect(await response.text()).toBe('x')
    await vi.waitFor(() => expect(onHookError).toHaveBeenCalledTimes(1))
  })
})
