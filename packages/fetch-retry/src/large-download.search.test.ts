import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const MB = 1 << 20
const SIZE = (process.env.SEARCH ? 1024 : 96) * MB
const BREAKS = 20
const MAX_GROWTH = 64 * MB
const PIECE = Uint8Array.from({ length: 64 * 1024 }, (_, index) => (index * index) % 251)

/** The same bytes for the same place, however they are asked for; each piece begins with its number. */
function pieceAt(index: number): Buffer {
  const piece = Buffer.from(PIECE)
  piece.writeUInt32LE(index)
  return piece
}

const server = createServer((request, response) => void send(request, response))
let breaks = 0
let url = ''
let expected = ''

async function send({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
  const range = { 'content-range': `bytes ${from}-${SIZE - 1}/${SIZE}` }
  response.writeHead(from > 0 ? 206 : 200, { etag: '"v1"', 'content-length': SIZE - from, ...(from > 0 ? range : {}) })
  const cutAt = breaks < BREAKS ? from + Math.floor(SIZE / (BREAKS + 1)) : SIZE
  await pipeline(Readable.from(pieces(from, cutAt)), response, { end: cutAt === SIZE }).catch(() => {})
  if (cutAt === SIZE) return
  breaks++
  response.destroy()
}

function* pieces(from: number, end: number): Generator<Buffer> {
  for (let at = from; at < end; ) {
    const piece = pieceAt(Math.floor(at / PIECE.length)).subarray(at % PIECE.length)
    yield piece.subarray(0, end - at)
    at += piece.length
  }
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/film`
  const hash = createHash('sha256')
  for (let index = 0; index < SIZE / PIECE.length; index++) hash.update(pieceAt(index))
  expected = hash.digest('hex')
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

/**
 * Runs in a process of its own, so that the memory of the server does not count, and collects garbage now and then:
 * Node lets 64 MB of buffers that nobody holds pile up before it does (so it is with a plain `fetch`, too).
 */
async function download(work: string, after = ''): Promise<{ hash: string; growth: number; loadedBytes: number }> {
  breaks = 0
  const program = `
    import { createHash } from 'node:crypto'
    import { createReadStream } from 'node:fs'
    import { fetchResumable } from ${JSON.stringify(new URL('./index.ts', import.meta.url))}
    import { downloadToFile } from ${JSON.stringify(new URL('./node.ts', import.meta.url))}
    const url = ${JSON.stringify(url)}
    const hash = createHash('sha256')
    let loadedBytes = 0
    let collectedAt = 0
    const onProgress = progress => {
      ;({ loadedBytes } = progress)
      if (loadedBytes < collectedAt + ${4 * MB}) return
      collectedAt = loadedBytes
      gc()
    }
    const options = { baseDelayMs: 1, maxDelayMs: 20, onProgress }
    await (await fetch(url, { headers: { range: 'bytes=${SIZE - 1}-' } })).text()
    const before = process.resourceUsage().maxRSS
    ${work}
    const growth = (process.resourceUsage().maxRSS - before) * 1024
    ${after}
    process.stdout.write(JSON.stringify({ hash: hash.digest('hex'), growth, loadedBytes }))`
  const args = ['--conditions=@x/source', '--expose-gc', '--input-type=module', '-e', program]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

describe(`${SIZE / MB} MB over a server that breaks ${BREAKS} times`, () => {
  it('end with the right hash, at the pace of a slow reader, in little memory', async () => {
    const result = await download(`
      const response = await fetchResumable(url, {}, options)
      let unslept = 0
      for await (const chunk of response.body) {
        hash.update(chunk)
        unslept += chunk.length
        if (unslept < ${4 * MB}) continue
        unslept = 0
        await new Promise(resolve => setTimeout(resolve, 10))
      }`)

    expect(result).toMatchObject({ hash: expected, loadedBytes: SIZE })
    expect(breaks).toBe(BREAKS)
    process.stdout.write(`fetchResumable: ${SIZE / MB} MB, memory grew by ${(result.growth / MB).toFixed(1)} MB\n`)
    expect(result.growth).toBeLessThan(MAX_GROWTH)
  })

  it('end in a file with the right hash, in little memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'x-large-'))
    const path = JSON.stringify(join(folder, 'film'))
    const result = await download(
      `await downloadToFile(url, ${path}, {}, options)`,
      `for await (const chunk of createReadStream(${path})) hash.update(chunk)`,
    )
    await rm(folder, { recursive: true })

    expect(result).toMatchObject({ hash: expected, loadedBytes: SIZE })
    expect(breaks).toBe(BREAKS)
    process.stdout.write(`downloadToFile: ${SIZE / MB} MB, memory grew by ${(result.growth / MB).toFixed(1)} MB\n`)
    expect(result.growth).toBeLessThan(MAX_GROWTH)
  })
})
