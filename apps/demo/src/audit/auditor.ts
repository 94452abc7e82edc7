import type { SessionStore, StoredSession } from '@x/session-manager'
import type { LedgerEntry, LedgerPage } from '../../shared/ledger.ts'
import type { Stored } from '../chat/messages.ts'
import { Observable } from '../chat/observable.ts'
import { runLatest } from '../chat/run-latest.ts'
import { audit, type StoredChat, sumOf, type Tally } from './audit.ts'
import type { Sent } from './witness.ts'

export interface AuditReport {
  readonly state: 'unread' | 'compared' | 'impossible'
  /** How often everything was compared. */
  readonly comparisons: number
  readonly messages: Tally
  readonly tokens: Tally
  readonly total: Tally
  readonly chats: readonly StoredChat[]
}

/** Where the chats are read. */
export type EvidenceStore = Pick<SessionStore, 'list' | 'load'>

/** Who knows what the visitor did. */
export interface Testimony {
  all(): readonly Sent[]
  isDeleted(chat: string): boolean
  /** Whether a message was taken back, its reply with it. */
  isWithdrawn?(message: string): boolean
  /** Nothing more will come. */
  readonly isOver?: boolean
  /** Whether a tab that sent something still lives. */
  isOpen?(tab: string): boolean
}

const NONE: Tally = { sent: 0, stored: 0, underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }
const PAGE = 100

/**
 * Reads the store, the server's ledger and the witness, and says what they say of each other. It has its own connection
 * to the store: what the page shows, or holds in memory, is no evidence.
 */
export class Auditor {
  readonly report = new Observable<AuditReport>({
    state: 'unread',
    comparisons: 0,
    messages: NONE,
    tokens: NONE,
    total: NONE,
    chats: [],
  })
  readonly #store: EvidenceStore
  readonly #witness: Testimony
  readonly #client: string
  readonly #chats = new Map<string, StoredChat & { readonly version: number }>()
  #ledger: { run: string; revision: number; entries: Map<string, LedgerEntry> } = {
    run: '',
    revision: 0,
    entries: new Map(),
  }

  constructor({ store, witness, client }: { store: EvidenceStore; witness: Testimony; client: string }) {
    this.#store = store
    this.#witness = witness
    this.#client = client
  }

  /** Compares anew. */
  readonly check: () => Promise<void> = runLatest(() => this.#compare())

  async #compare(): Promise<void> {
    // The notes first: what is said to be stored by now, the store must have. Then the store: what it has, the ledger must know.
    const noted = this.#witness.all()
    try {
      await this.#readChats()
      await this.#readLedger()
    } catch {
      return this.report.update(report => ({ ...report, state: 'impossible' }))
    }
    const entries = [...this.#ledger.entries.values()].filter(({ chat, message }) => {
      return !this.#witness.isDeleted(chat) && !this.#witness.isWithdrawn?.(message)
    })
    // What was deleted or taken back while the store was read is not missing.
    const stillNoted = new Set(this.#witness.all().map(({ id }) => id))
    const chats = [...this.#chats.values()]
    const { messages, tokens } = audit({
      chats,
      sent: noted.filter(({ id }) => stillNoted.has(id)),
      ledger: { run: this.#ledger.run, entries },
      isOver: this.#witness.isOver ?? false,
      isOpen: tab => this.#witness.isOpen?.(tab) ?? true,
    })
    const total = sumOf(messages, tokens)
    this.report.update(({ comparisons }) => ({
      state: 'compared',
      comparisons: comparisons + 1,
      messages,
      tokens,
      total,
      chats,
    }))
  }

  async #readChats(): Promise<void> {
    const seen = new Set<string>()
    let cursor: string | undefined
    do {
      const page = await this.#store.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
      for (const { id, version } of page.sessions) {
        seen.add(id)
        if (this.#chats.get(id)?.version === version) continue
        const session = await this.#store.load(id)
        if (session) this.#remember(session)
      }
      cursor = page.nextCursor
    } while (cursor !== undefined)
    for (const id of this.#chats.keys()) if (!seen.has(id)) this.#chats.delete(id)
  }

  #remember({ id, version, title, messages }: StoredSession): void {
    this.#chats.set(id, { id, version, title, messages: messages as Stored[] })
  }

  async #readLedger(): Promise<void> {
    const page = await this.#ledgerPage(this.#ledger.revision)
    const restarted = page.run !== this.#ledger.run
    const { run, revision, entries, oldestNumber } = restarted ? await this.#ledgerPage(0) : page
    const known = restarted ? new Map<string, LedgerEntry>() : this.#ledger.entries
    for (const entry of entries) known.set(entry.key, entry)
    for (const { key, firstNumber } of known.values()) if (firstNumber < oldestNumber) known.delete(key)
    this.#ledger = { run, revision, entries: known }
  }

  async #ledgerPage(since: number): Promise<LedgerPage> {
    const response = await fetch(`ledger?client=${this.#client}&since=${since}`)
    if (!response.ok) throw new Error(`the ledger answered ${response.status}`)
    return await response.json()
  }
}
