/// <reference types="node" />
import { createHash, randomUUID } from 'node:crypto'
import { constants, type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** One version of what is at a URL. */
export interface Entity {
  readonly url: string
  /** The strong entity tag; without one, a part is of no use to a later download. */
  readonly tag: string | undefined
  readonly totalBytes: number | undefined
}

/** What the file beside a part says of it. */
interface Note extends Entity {
  readonly name: string
  /** So many bytes are on the disk for sure, whatever the length of the file says after a power cut. */
  readonly syncedBytes: number
}

const SYNC_EVERY_MS = 500

/**
 * The part of a file that has been downloaded, beside the place where the whole will be.
 *
 * Its name is made of the URL and the tag, so a part never holds bytes of two versions, and two processes that download
 * the same one write the same bytes to the same places.
 */
export class PartFile {
  readonly #path: string
  readonly #note: Omit<Note, 'syncedBytes'>
  readonly #file: FileHandle
  #position: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #syncing = Promise.resolve()

  private constructor(path: string, note: Omit<Note, 'syncedBytes'>, file: FileHandle, position: number) {
    this.#path = path
    this.#note = note
    this.#file = file
    this.#position = position
  }

  /** Opens the part of an entity to write on from `position`, in place of any other. */
  static async open(path: string, entity: Entity, position: number, left?: LeftPart): Promise<PartFile> {
    const name = nameOf(entity)
    if (left && left.name !== name) await rm(partPath(path, left), { force: true })
    // Never emptied: what is there already is the same, and may be another process's.
    const file = await open(partPath(path, { name }), position > 0 ? 'r+' : constants.O_RDWR | constants.O_CREAT)
    const { url, tag, totalBytes } = entity
    const part = new PartFile(path, { url, tag, totalBytes, name }, file, position)
    try {
      await part.#writeNote(position)
    } catch (error) {
      await file.close()
      throw error
    }
    return part
  }

  get position(): number {
    return this.#position
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, from, bytes.length - from, this.#position)
      from += bytesWritten
      this.#position += bytesWritten
    }
    // What fails here fails again at the end.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#syncing = this.#syncing.then(() => this.#sync()).catch(() => {})
    }, SYNC_EVERY_MS)
  }

  /** Puts the part, which is the whole now, in its place. */
  async finish(): Promise<void> {
    await this.#stopSyncing()
    await this.#file.truncate(this.#position)
    await this.#file.sync()
    const { ino } = await this.#file.stat({ bigint: true })
    await this.#file.close()
    await rename(partPath(this.#path, this.#note), this.#path).catch(async error => {
      // Another process has downloaded the same and was first: both have written this very file.
      const there = await stat(this.#path, { bigint: true }).catch(() => undefined)
      if (there?.ino !== ino) throw error
    })
    await syncFolder(this.#path)
    await rm(notePath(this.#path), { force: true })
  }

  /** Keeps what a later download can go on with, and nothing else. Never fails: another failure is on its way. */
  async leave(): Promise<void> {
    await this.#stopSyncing()
    if (this.#note.tag) await this.#sync().catch(() => {})
    await this.#file.close().catch(() => {})
    if (!this.#note.tag) await discardPart(this.#path).catch(() => {})
  }

  async #sync(): Promise<void> {
    const position = this.#position
    await this.#file.datasync()
    await this.#writeNote(position)
  }

  #stopSyncing(): Promise<void> {
    clearTimeout(this.#timer)
    return this.#syncing
  }

  async #writeNote(syncedBytes: number): Promise<void> {
    const note: Note = { ...this.#note, syncedBytes }
    const fresh = `${notePath(this.#path)}.${randomUUID()}`
    try {
      await writeFile(fresh, JSON.stringify(note))
      await rename(fresh, notePath(this.#path))
    } catch (error) {
      await rm(fresh, { force: true })
      throw error
    }
  }
}

/** A part that an earlier download has left. */
export interface LeftPart extends Entity {
  readonly name: string
  /** Good bytes to go on after. */
  readonly availableBytes: number
}

/** Finds what an earlier download has left beside a path. */
export async function findPart(path: string): Promise<LeftPart | undefined> {
  try {
    const { url, tag, totalBytes, name, syncedBytes } = JSON.parse(await readFile(notePath(path), 'utf8')) as Note
    // A note that somebody else has written must not lead to another file.
    if (!/^[0-9a-f]{16}$/.test(name)) return undefined
    const { size } = await stat(partPath(path, { name }))
    return { url, tag, totalBytes, name, availableBytes: tag ? Math.min(size, syncedBytes) : 0 }
  } catch {
    return undefined
  }
}

/** Removes what is left, when no download can go on with it. */
export async function discardPart(path: string): Promise<void> {
  const left = await findPart(path)
  if (left) await rm(partPath(path, left), { force: true })
  await rm(notePath(path), { force: true })
}

function partPath(path: string, { name }: { readonly name: string }): string {
  return `${path}.${name}.part`
}

function notePath(path: string): string {
  return `${path}.part.json`
}

function nameOf({ url, tag }: Entity): string {
  return createHash('sha256')
    .update(`${url}\n${tag ?? randomUUID()}`)
    .digest('hex')
    .slice(0, 16)
}

/** So that the new name outlives a power cut. Windows has no such thing. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path)).catch(() => undefined)
  await folder?.sync().catch(() => {})
  await folder?.close()
}
