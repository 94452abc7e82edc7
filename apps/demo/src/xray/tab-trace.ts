import type { ChatManager } from '../chat/chats.ts'
import { Observable } from '../chat/observable.ts'

/** One open tab of this browser, as it tells of itself. */
export interface OpenTab {
  readonly id: string
  readonly isThis: boolean
  /** The chat that it shows. */
  readonly chat: string | undefined
  /** The chats whose turn it has: it writes their replies. */
  readonly leads: readonly string[]
}

const LOCK = 'squall.tab.'
const LOOK_EVERY_MS = 1000

/**
 * Which tabs are open, and which leads in which chat. Each tab holds a lock for as long as it lives, so that one that
 * crashed is gone at once, and says over a channel what it does.
 */
export class TabTrace {
  readonly tabs: Observable<readonly OpenTab[]>
  /** Called when a tab is found to be gone. */
  onGone = (): void => {}
  readonly #manager: ChatManager
  readonly #id: string
  readonly #leads = new Set<string>()
  readonly #channel = new BroadcastChannel('squall.tabs')

  constructor(manager: ChatManager, id: string) {
    this.#manager = manager
    this.#id = id
    this.tabs = new Observable<readonly OpenTab[]>([this.#self()])
    manager.on('turn-started', ({ id }) => this.#tell(() => id !== null && this.#leads.add(id)))
    manager.on('turn-ended', ({ id }) => this.#tell(() => id !== null && this.#leads.delete(id)))
    manager.on('session-switched', () => this.#tell())
    this.#channel.onmessage = ({ data }) => {
      if (data === 'who is there?') this.#tell()
      else this.#heard({ ...data, isThis: false })
    }
    this.#channel.postMessage('who is there?')
    this.#tell()
    // Without `navigator.locks`, as on plain http, nobody can tell who is gone.
    if (navigator.locks) {
      void navigator.locks.request(LOCK + this.#id, () => new Promise(() => {}))
      setInterval(() => void this.#forgetTheDead(navigator.locks), LOOK_EVERY_MS)
    }
  }

  #self(): OpenTab {
    return { id: this.#id, isThis: true, chat: this.#manager.current?.id, leads: [...this.#leads] }
  }

  #tell(change?: () => void): void {
    change?.()
    const self = this.#self()
    this.#heard(self)
    this.#channel.postMessage(self)
  }

  #heard(tab: OpenTab): void {
    this.tabs.update(tabs =>
      tabs.some(({ id }) => id === tab.id) ? tabs.map(other => (other.id === tab.id ? tab : other)) : [...tabs, tab],
    )
  }

  async #forgetTheDead(locks: LockManager): Promise<void> {
    const { held = [] } = await locks.query()
    const alive = new Set(held.map(({ name }) => name))
    const isGone = ({ id, isThis }: OpenTab): boolean => !isThis && !alive.has(LOCK + id)
    if (!this.tabs.getSnapshot().some(isGone)) return
    this.tabs.update(tabs => tabs.filter(tab => !isGone(tab)))
    this.onGone()
  }
}
