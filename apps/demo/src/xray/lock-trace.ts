import { Observable } from '../chat/observable.ts'

/** One wish to have a chat's turn, from the wish to the release. */
export interface Turn {
  readonly id: string
  readonly chat: string
  readonly label: string
  readonly askedAt: number
  readonly grantedAt?: number
  readonly endedAt?: number
}

const MOST_ENDED = 24

/** Who has the turn of a chat, who waits for it, and who had it last; in the order they asked. */
export class LockTrace {
  readonly turns = new Observable<readonly Turn[]>([])

  asked(id: string, chat: string, label: string): void {
    const turn: Turn = { id, chat, label, askedAt: performance.now() }
    this.turns.update(turns => [...turns.filter(other => other.id !== id), turn])
  }

  granted(id: string): void {
    this.#change(id, { grantedAt: performance.now() })
  }

  ended(id: string): void {
    this.#change(id, { endedAt: performance.now() })
    this.turns.update(turns => {
      const ended = turns.filter(({ endedAt }) => endedAt !== undefined)
      const tooOld = new Set(ended.slice(0, Math.max(0, ended.length - MOST_ENDED)))
      return tooOld.size === 0 ? turns : turns.filter(turn => !tooOld.has(turn))
    })
  }

  #change(id: string, change: Partial<Turn>): void {
    this.turns.update(turns => turns.map(turn => (turn.id === id ? { ...turn, ...change } : turn)))
  }
}
