import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { HttpError, ResumeError } from './index.ts'
import { downloadToFile } from './node.ts'
import { type FaultReply, type FaultServer, faultServer, type ReceivedRequest } from './testing.ts'

const FAST = { baseDelayMs: 1, maxDelayMs: 2 }
const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) % 256)
const OTHER = BYTES.map(byte => 255 - byte)
const FAIL: FaultReply = { status: 404 }
const whole = (bytes = BYTES, etag = '"v1"'): FaultReply => ({ headers: { etag }, body: bytes })
const cut = (reply: FaultReply, faultAfter = 400): FaultReply => ({ ...reply, fault: 'reset-in-body', faultAfter })

function rest(from: number, bytes = BYTES, etag = '"v1"'): FaultReply {
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`
  return { status: 206, headers: { etag, 'content-range': range }, body: bytes.subarray(from) }
}

let server: FaultServer
let folder: string
let path: string
let count = 0
const plan = (...replies: FaultReply[]) => server.plan(`/file-${++count}`, ...replies)
const sent = (url: string) => server.requests.filter(request => server.url + request.path === url)
const file = async () => new Uint8Array(await readFile(path))

beforeAll(async () => {
  server = await faultServer()
})
afterAll(() => server.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'x-download-'))
  path = join(folder, 'file')
})
afterEach(() => rm(folder, { recursive: true }))

describe('downloadToFile', () => {
  it('leaves the file and nothing else, in place of an older one', async () => {
    await writeFile(path, 'older')
    const progress: unknown[] = []

    const done = await downloadToFile(plan(whole()), pathToFileURL(path), {}, { onProgress: at => progress.push(at) })

    expect(done).toMatchObject({ totalBytes: 1000, resumedAtByte: 0 })
    expect(done.headers.get('etag')).toBe('"v1"')
    expect(progress.at(-1)).toEqual({ loadedBytes: 1000, totalBytes: 1000 })
    expect(await file()).toEqual(BYTES)
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('leaves an older file as it is until the new one is whole', async () => {
    await writeFile(path, 'older')

    await expect(downloadToFile(plan(cut(whole()), FAIL), path, {}, FAST)).rejects.toThrow(HttpError)

    expect(await readFile(path, 'utf8')).toBe('older')
  })

  it('goes on where an earlier call has failed', async () => {
    const url = plan(cut(whole()), FAIL, rest(400))
    await expect(downloadToFile(url, path, {}, FAST)).rejects.toThrow(HttpError)
    const loaded: number[] = []

    const done = await downloadToFile(url, path, {}, { onProgress: ({ loadedBytes }) => loaded.push(loadedBytes) })

    expect(done).toMatchObject({ totalBytes: 1000, resumedAtByte: 400 })
    expect(loaded[0]).toBeGreaterThan(400)
    expect(sent(url)[2]?.headers).toMatchObject({ range: 'bytes=400-', 'if-range': '"v1"' })
    expect(await file()).toEqual(BYTES)
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('never splices: what has changed begins anew, however the server says it', async () => {
    const lies: FaultReply[][] = [
      [whole(OTHER, '"v2"')],
      [rest(400, OTHER, '"v2"'), whole(OTHER, '"v2"')],
      [rest(300, OTHER), whole(OTHER, '"v2"')],
      [rest(400, OTHER.subarray(0, 900)), whole(OTHER, '"v2"')],
      [{ status: 416 }, whole(OTHER, '"v2"')],
      [cut(rest(400), 100), whole(OTHER, '"v2"')],
      [cut(rest(400), 0), rest(400, OTHER, '"v2"'), whole(OTHER, '"v2"')],
      [cut(whole(OTHER, '"v2"'), 100), rest(100, OTHER, '"v2"')],
    ]
    for (const replies of lies) {
      const url = plan(cut(whole()), FAIL, ...replies)
      await expect(downloadToFile(url, path, {}, FAST)).rejects.toThrow(HttpError)
      await downloadToFile(url, path, {}, FAST)
      expect(await file()).toEqual(OTHER)
      expect(await readdir(folder)).toEqual(['file'])
    }
  })

  it('gives up when the entity changes each time, and not before', async () => {
    let version = 0
    const changing = () => cut(whole(BYTES, `"v${++version}"`))
    await using restless = await faultServer({ reply: changing })

    await expect(downloadToFile(restless.url, path, {}, { ...FAST, maxRetries: 2 })).rejects.toThrow(ResumeError)

    expect(version).toBe(6)
  })

  it('takes no part of another URL, or one that nothing strong identifies', async () => {
    for (const reply of [whole(BYTES, 'W/"weak"'), { body: BYTES }]) {
      const url = plan(cut(reply), reply)
      await expect(downloadToFile(url, path, {}, FAST)).rejects.toThrow()
      expect(await readdir(folder)).toEqual([])
      expect(await downloadToFile(url, path, {}, FAST)).toMatchObject({ resumedAtByte: 0 })
      await rm(path)
    }
    await expect(downloadToFile(plan(cut(whole(OTHER)), FAIL), path, {}, FAST)).rejects.toThrow(HttpError)

    expect(await downloadToFile(plan(whole()), path, {}, FAST)).toMatchObject({ resumedAtByte: 0 })

    expect(await file()).toEqual(BYTES)
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('asks whether a part that is complete is still the version', async () => {
    const url = plan(cut(whole()), FAIL, rest(999))
    await expect(downloadToFile(url, path, {}, FAST)).rejects.toThrow(HttpError)
    const note = JSON.parse(await readFile(`${path}.part.json`, 'utf8'))
    await writeFile(`${path}.part.json`, JSON.stringify({ ...note, syncedBytes: 1000 }))
    await writeFile(join(folder, `file.${note.name}.part`), BYTES)

    expect(await downloadToFile(url, path)).toMatchObject({ resumedAtByte: 999 })

    expect(sent(url)[2]?.headers.range).toBe('bytes=999-')
    expect(await file()).toEqual(BYTES)
  })

  it('trusts what is known to be on the disk, and no note that it cannot read', async () => {
    const url = plan(cut(whole()), FAIL, rest(150), cut(whole()), FAIL, whole())
    await expect(downloadToFile(url, path, {}, FAST)).rejects.toThrow(HttpError)
    const note = JSON.parse(await readFile(`${path}.part.json`, 'utf8'))
    await writeFile(`${path}.part.json`, JSON.stringify({ ...note, syncedBytes: 150 }))
    const [part] = (await readdir(folder)).filter(name => name.endsWith('.part'))
    await writeFile(join(folder, part ?? ''), Buffer.concat([BYTES.subarray(0, 150), Buffer.alloc(850)]))

    expect(await downloadToFile(url, path, {}, FAST)).toMatchObject({ resumedAtByte: 150 })
    expect(await file()).toEqual(BYTES)

    await expect(downloadToFile(url, path, {}, FAST)).rejects.toThrow(HttpError)
    await writeFile(`${path}.part.json`, '{"name":"../../else')
    expect(await downloadToFile(url, path, {}, FAST)).toMatchObject({ resumedAtByte: 0 })
    expect(await file()).toEqual(BYTES)
  })

  it('has no bytes of an earlier part behind its end, when a shorter entity has the same tag', async () => {
    const url = plan(cut(whole()), FAIL, whole(OTHER.subarray(0, 300)))
    await expect(downloadToFile(url, path, {}, FAST)).rejects.toThrow(HttpError)

    expect(await downloadToFile(url, path, {}, FAST)).toMatchObject({ totalBytes: 300 })

    expect(await file()).toEqual(OTHER.slice(0, 300))
  })

  it('keeps the part when the caller aborts, and rejects with the reason', async () => {
    const url = plan({ ...whole(), fault: 'stalled-body', faultAfter: 400 }, rest(400))
    const controller = new AbortController()
    const reason = new Error('mine')
    const options = { onProgress: () => controller.abort(reason) }

    await expect(downloadToFile(url, path, { signal: controller.signal }, options)).rejects.toBe(reason)

    expect(await downloadToFile(url, path)).toMatchObject({ resumedAtByte: 400 })
    expect(await file()).toEqual(BYTES)
  })

  it('takes no range of the caller, no answer without content, and no folder that is missing', async () => {
    const ranged = downloadToFile(plan(whole()), path, { headers: { range: 'bytes=1-' } })
    await expect(ranged).rejects.toThrow(/`range`/)
    await expect(downloadToFile(plan({ status: 304, body: '' }), path)).rejects.toThrow('HTTP 304')
    await expect(downloadToFile(plan(whole()), join(folder, 'none', 'file'))).rejects.toThrow('ENOENT')
    expect(await readdir(folder)).toEqual([])
  })

  it('keeps neither the connection nor the part open when the file cannot be begun', async () => {
    await using other = await faultServer({ reply: { headers: { etag: '"v1"' }, body: new Uint8Array(20_000_000) } })
    await expect(downloadToFile(other.url, join(folder, 'none', 'file'))).rejects.toThrow('ENOENT')
    await mkdir(`${path}.part.json`)

    await expect(downloadToFile(other.url, path)).rejects.toThrow('EISDIR')

    await vi.waitFor(() => expect(other.totalSockets - other.openSockets).toBe(2))
    // Node ends a process whose files the garbage collector has to close. Elsewhere than on Linux nobody can tell.
    const open = await readdir('/proc/self/fd').catch(() => [])
    const paths = await Promise.all(open.map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
    expect(paths.filter(path => path.startsWith(folder))).toEqual([])
    expect((await readdir(folder)).filter(name => name.startsWith('file.part.json.'))).toEqual([])
  })

  it('may run twice at once for the same place', async () => {
    const bytes = Uint8Array.from({ length: 2_000_000 }, (_, index) => (index * index) % 251)
    const url = plan(whole(bytes))

    await Promise.all([downloadToFile(url, path), downloadToFile(url, path), downloadToFile(url, path)])

    expect(Buffer.compare(await readFile(path), bytes)).toBe(0)
    expect(await readdir(folder)).toEqual(['file'])
  })
})

describe('a process that is killed in mid-download', () => {
  it('leaves a part that the next one goes on with, to the right hash', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * index) % 251)
    let isSlow = true
    const reply = ({ headers }: ReceivedRequest): FaultReply => {
      const from = Number(/^bytes=(\d+)-$/.exec(String(headers.range))?.[1] ?? 0)
      const good = from > 0 ? rest(from, bytes) : whole(bytes)
      return isSlow ? { ...good, fault: 'stalled-body', faultAfter: 700_000 } : good
    }
    await using slow = await faultServer({ reply })
    const from: number[] = []
    for (let kill = 1; kill <= 3; kill++) {
      const program = `
        import { downloadToFile } from ${JSON.stringify(new URL('./node.ts', import.meta.url))}
        await downloadToFile(${JSON.stringify(slow.url)}, ${JSON.stringify(path)})`
      const args = ['--conditions=@x/source', '--input-type=module', '-e', program]
      const child = spawn(process.execPath, args, { stdio: 'inherit' })
      const exited = once(child, 'exit')
      while (child.exitCode === null && (await bytesSynced()) < 700_000 * kill)
        await new Promise(resolve => setTimeout(resolve, 10))
      child.kill('SIGKILL')
      await exited
      from.push(await bytesSynced())
      await expect(stat(path)).rejects.toThrow('ENOENT')
    }
    isSlow = false

    const done = await downloadToFile(slow.url, path)

    expect(from).toEqual([700_000, 1_400_000, 2_100_000])
    expect(done.resumedAtByte).toBe(2_100_000)
    const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
    expect(hash(await readFile(path))).toBe(hash(bytes))
    expect(await readdir(folder)).toEqual(['file'])
  })

  async function bytesSynced(): Promise<number> {
    return JSON.parse(await readFile(`${path}.part.json`, 'utf8').catch(() => '{"syncedBytes":0}')).syncedBytes
  }
})
