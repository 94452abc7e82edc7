/// <reference types="node" />
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callHook } from './call-hook.ts'
import { readContentRange, readStrongTag } from './content-range.ts'
import { describeRequest } from './describe-request.ts'
import { type FetchResumableOptions, fetchResumable } from './fetch-resumable.ts'
import { HttpError, isHttpError } from './http-error.ts'
import type { FetchInput } from './options.ts'
import { discardPart, findPart, type LeftPart, PartFile } from './part-file.ts'
import { isResumeError, ResumeError } from './resume-error.ts'
import { takeRequest } from './take-request.ts'

/** How a file is downloaded: as {@link FetchResumableOptions}, where `loadedBytes` counts what is in the file. */
export interface DownloadToFileOptions extends FetchResumableOptions {}

/** What a download has brought. */
export interface DownloadedFile {
  readonly totalBytes: number
  /** Where it went on: so many bytes of the file are from an earlier download. */
  readonly resumedAtByte: number
  /** Those of the last response that began the file, or went on with it. */
  readonly headers: Headers
}

const MAX_RETRIES = 3

/**
 * Downloads to a file, and goes on where an earlier call broke off, also one of a process that was killed.
 *
 * What is not complete is beside it, as `<path>.<version>.part` and `<path>.part.json`; the file itself is there in one
 * step, whole, and takes the place of an older one. The rest is taken on the terms of {@link fetchResumable}; as nobody
 * has seen the part, a changed entity begins anew and is never spliced. Two processes that download the same to the
 * same place disturb each other in nothing. What is not resumable (no strong tag, an encoded body) leaves no part.
 *
 * Every 500 ms what has arrived is brought to the disk; a kill or a power cut loses no more than that. The caller's
 * `init.signal` rejects with its reason and leaves the part.
 *
 * @throws {@link HttpError} for a status from 400 on, {@link ResumeError} when the entity changed `maxRetries` times,
 * TypeError for a `Range` of one's own, and what the file system says.
 * @example
 * ```ts
 * import { mkdtemp, readFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { downloadToFile } from '@x/fetch-retry/node'
 * import { faultServer } from '@x/fetch-retry/testing'
 *
 * await using server = await faultServer()
 * const headers = { etag: '"v1"' }
 * const url = server.plan(
 *   '/film',
 *   { headers, body: 'unbroken', fault: 'reset-in-body', faultAfter: 2 },
 *   { status: 404 }, // gone for a moment: the download fails, its part is kept
 *   { status: 206, headers: { ...headers, 'content-range': 'bytes 2-7/8' }, body: 'broken' },
 * )
 * const path = join(await mkdtemp(join(tmpdir(), 'films-')), 'film.txt')
 *
 * await downloadToFile(url, path, {}, { baseDelayMs: 10 }) // throws HttpError
 * const { resumedAtByte } = await downloadToFile(url, path)
 * resumedAtByte // => 2
 * await readFile(path, 'utf8') // => 'unbroken'
 * ```
 */
export async function downloadToFile(
  input: FetchInput,
  path: string | URL,
  init?: RequestInit,
  options: DownloadToFileOptions = {},
): Promise<DownloadedFile> {
  const [target, own] = takeRequest(input, init)
  const { url, headers } = describeRequest(target, own)
  if (new Headers(headers).has('range')) throw new TypeError('`headers` must have no `range`: a file is the whole')
  const place = resolve(path instanceof URL ? fileURLToPath(path) : path)
  for (let restarts = 0; ; restarts++) {
    const left = await findPart(place)
    try {
      return await downloadOnce(target, { ...own, headers: new Headers(headers) }, options, { url, place, left })
    } catch (error) {
      // Nobody has seen the part, so another version, or a wrong answer, is a reason to begin anew.
      const isUseless = isResumeError(error) || (left && isHttpError(error) && error.status === 416)
      if (!isUseless || restarts >= (options.maxRetries ?? MAX_RETRIES)) throw error
      await discardPart(place)
    }
  }
}

interface Target {
  readonly url: string
  readonly place: string
  readonly left: LeftPart | undefined
}

async function downloadOnce(
  input: FetchInput,
  init: RequestInit & { headers: Headers },
  { onProgress, ...options }: DownloadToFileOptions,
  { url, place, left }: Target,
): Promise<DownloadedFile> {
  const former = left?.url === url && left.tag !== undefined ? left : undefined
  // Of a part that is complete the last byte is asked for again: it tells whether this is still the version.
  const from = former ? Math.max(0, Math.min(former.availableBytes, (former.totalBytes ?? Infinity) - 1)) : 0
  if (former?.tag && from > 0) {
    init.headers.set('range', `bytes=${from}-`)
    init.headers.set('if-range', former.tag)
  }
  const response = await fetchResumable(input, init, options)
  if (!response.ok) throw new HttpError(response, url)
  const reader = response.body?.getReader()
  // Before the first byte a new response may still take the place of this one, and of its headers.
  let chunk = await reader?.read()
  const range = readContentRange(response)
  const tag = range && readStrongTag(response.headers)
  const totalBytes = range?.total ?? former?.totalBytes
  const isRest = range?.start === from && tag === former?.tag && totalBytes === (former?.totalBytes ?? totalBytes)
  if (response.status === 206 && !isRest) {
    reader?.cancel().catch(() => {})
    throw new ResumeError(`Asked for byte ${from} of ${former?.tag}, got ${response.headers.get('content-range')}`)
  }
  const resumedAtByte = response.status === 206 ? from : 0
  const entity = { url, tag, totalBytes: resumedAtByte ? totalBytes : range?.total }
  let part: PartFile | undefined
  try {
    part = await PartFile.open(place, entity, resumedAtByte, left)
    for (; chunk?.value; chunk = await reader?.read()) {
      await part.write(chunk.value)
      const progress = { loadedBytes: part.position, totalBytes: entity.totalBytes }
      callHook(() => onProgress?.(progress), options.onHookError)
    }
    await part.finish()
    return { totalBytes: part.position, resumedAtByte, headers: response.headers }
  } catch (error) {
    reader?.cancel(error).catch(() => {})
    await part?.leave()
    throw error
  }
}
