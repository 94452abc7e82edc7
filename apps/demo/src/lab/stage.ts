import { delay } from '@x/retry'
import { indexedDBStore } from '@x/session-manager/indexeddb'
import type { Faults } from '../../shared/faults.ts'
import { Auditor, type AuditReport, type EvidenceStore } from '../audit/auditor.ts'
import { newId } from '../chat/new-id.ts'
import { Observable } from '../chat/observable.ts'
import { Documents } from '../old-way/documents.ts'
import { Notes } from './notes.ts'
import { StageXray } from './stage-xray.ts'
import { Tab } from './tab.ts'
import { type Verdict, verdictOf } from './verdict.ts'
import type { Question, World } from './way.ts'

const CALM = {
  latencyMs: 20,
  paceMs: 12,
  unavailable: 0,
  rateLimited: 0,
  dropped: 0,
  stalled: 0,
  garbled: 0,
  retryAfterSeconds: 1,
}
const LOOK_EVERY_MS = 200
const LONGEST_MS = 40_000

/** What a scenario is played on: tabs, a weather and a database of its own, and somebody who takes notes. */
export class Stage {
  readonly verdict = new Observable<Verdict>(verdictOf(undefined, new Notes(), 0))
  readonly chats = new Observable<AuditReport['chats']>([])
  readonly faults = new Observable<Faults>({ ...CALM, seed: 1 })
  /** What happens now, in words. */
  readonly step = new Observable('')
  /** What the packages tell of themselves meanwhile; the old way has nothing to tell. */
  readonly xray = new StageXray(this.chats)
  readonly #world: World
  readonly #notes = new Notes()
  readonly #auditor: Auditor
  readonly #tabs: Tab[] = []
  #requests = 0

  constructor(way: World['way']) {
    this.#world = { way, name: `squall-${way}-${newId()}`, base: document.baseURI }
    const { name } = this.#world
    const store = way === 'old' ? new Documents(name) : indexedDBStore({ name })
    this.#auditor = new Auditor({ store: this.#withoutInherited(store), witness: this.#notes, client: name })
  }

  tab(): Tab {
    const tab: Tab = new Tab(
      this.#world,
      () => this.#requests++,
      xray => this.xray.heard(tab.id, xray),
    )
    this.#tabs.push(tab)
    return tab
  }

  /** Says what happens from here on. */
  tell(step: string): void {
    this.step.set(step)
  }

  async weather(change: Partial<Faults>): Promise<void> {
    this.faults.update(faults => ({ ...faults, ...change }))
    const headers = { 'content-type': 'application/json' }
    await fetch(`faults?client=${this.#world.name}`, { method: 'PUT', headers, body: JSON.stringify(change) })
  }

  pause(ms: number): Promise<void> {
    return delay(ms)
  }

  /** Sends, and notes when the message is said to be stored. Does not wait for that. */
  send(tab: Tab, chat: string, text: string): Question {
    const question = { id: newId(), text }
    this.#notes.sent({ id: question.id, chat, text })
    tab.do('send', chat, question).then(
      () => this.#notes.acknowledged(question.id),
      () => {}, // Not stored, and not said to be.
    )
    return question
  }

  async rename(tab: Tab, chat: string, title: string): Promise<void> {
    await tab.do('rename', chat, title)
    this.#notes.renamed(chat, title)
  }

  async remove(tab: Tab, chat: string): Promise<void> {
    this.#notes.deleted(chat)
    await tab.do('remove', chat)
  }

  /** A fork, and what it has from the chat that it was made of: no copy of that is one too many. */
  async fork(tab: Tab, chat: string, upTo: Question): Promise<string> {
    const fork = await tab.do('fork', chat, `${upTo.id}-reply`)
    this.#notes.inherited(fork, [upTo.id, `${upTo.id}-reply`])
    return fork
  }

  kill(tab: Tab): void {
    tab.kill()
    this.#tabs.splice(this.#tabs.indexOf(tab), 1)
    this.xray.forget(tab.id)
  }

  async idle(): Promise<void> {
    await Promise.all(this.#tabs.map(tab => tab.do('idle')))
  }

  /** Plays `steps`, waits for the end of everything, and looks at what is there then. */
  async play(seed: number, steps: (stage: Stage) => Promise<void>): Promise<Verdict> {
    await this.weather({ ...CALM, seed })
    let isOver = false
    const looking = (async () => {
      while (!isOver) {
        await this.#look()
        await delay(LOOK_EVERY_MS)
      }
    })()
    try {
      await Promise.race([steps(this).then(() => this.idle()), delay(LONGEST_MS)])
    } finally {
      isOver = true
      await looking
      this.#notes.isOver = true
      await this.#look()
      for (const tab of this.#tabs) tab.kill()
      indexedDB.deleteDatabase(this.#world.name)
    }
    return this.verdict.getSnapshot()
  }

  async #look(): Promise<void> {
    await this.#auditor.check()
    const report = this.#auditor.report.getSnapshot()
    this.chats.set(
      report.chats.toSorted((one, other) =>
        (one.title ?? '').localeCompare(other.title ?? '', 'en', { numeric: true }),
      ),
    )
    this.verdict.set(verdictOf(report, this.#notes, this.#requests))
  }

  #withoutInherited(store: EvidenceStore): EvidenceStore {
    return {
      list: query => store.list(query),
      load: async id => {
        const chat = await store.load(id)
        return chat && { ...chat, messages: chat.messages.filter(message => !this.#notes.isInherited(id, message.id)) }
      },
    }
  }
}
