import type { EvidenceStore } from '../audit/auditor.ts'
import type { ChatMessage } from '../chat/messages.ts'
import type { Disk } from '../lab/disk.ts'

export interface OldMessage extends ChatMessage {
  readonly id: string
  status?: 'complete'
}

/** A whole chat in one piece, as it is written and read. */
export interface OldDocument {
  readonly id: string
  title: string
  messages: OldMessage[]
  /** Of how many saves it is the result; the older code had no such thing, it is there for the audit. */
  saves: number
}

const STORE = 'chats'

/** Whole documents in IndexedDB: what is written last is what is there. */
export class Documents implements EvidenceStore {
  readonly #database: Promise<IDBDatabase>
  readonly #disk: Disk

  constructor(name: string, disk: Disk = { isFull: false }) {
    this.#disk = disk
    this.#database = new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, 1)
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'id' })
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
  }

  read(id: string): Promise<OldDocument | undefined> {
    return this.#ask('readonly', chats => chats.get(id))
  }

  async save(document: OldDocument): Promise<void> {
    if (this.#disk.isFull) throw new DOMException('the disk is full', 'QuotaExceededError')
    document.saves += 1 + Math.random()
    await this.#ask('readwrite', chats => chats.put(document))
  }

  async remove(id: string): Promise<void> {
    await this.#ask('readwrite', chats => chats.delete(id))
  }

  async list(): ReturnType<EvidenceStore['list']> {
    const all = await this.#ask<OldDocument[]>('readonly', chats => chats.getAll())
    return { sessions: all.map(asSession).map(session => ({ ...session, messageCount: session.messages.length })) }
  }

  async load(id: string): ReturnType<EvidenceStore['load']> {
    const document = await this.read(id)
    return document && asSession(document)
  }

  async #ask<T>(mode: IDBTransactionMode, ask: (chats: IDBObjectStore) => IDBRequest): Promise<T> {
    const database = await this.#database
    return await new Promise((resolve, reject) => {
      const asking = ask(database.transaction(STORE, mode).objectStore(STORE))
      asking.onsuccess = () => resolve(asking.result)
      asking.onerror = () => reject(asking.error)
    })
  }
}

function asSession({ id, title, messages, saves }: OldDocument) {
  const unused = { titleSource: 'auto', metadata: {}, createdAt: 0, updatedAt: 0, archived: false } as const
  return { ...unused, id, title, messages, version: saves }
}
