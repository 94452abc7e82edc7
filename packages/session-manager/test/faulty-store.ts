import { memoryStore, type SessionStore, StoreError, type StoreFailure } from '../src/index.ts'

/** A memory store whose commits can be made to fail, to be slow, and to lose their answer. */
export interface FaultyStore extends SessionStore {
  /** While set, every commit and claim fails before it reaches the store. */
  failure: StoreFailure | undefined
  /** The next claims of the turn reach the store, and their answers are lost. */
  lostClaims: number
  /** The next commits reach the store, and their answers are lost. */
  lostAnswers: number
  /** Commits so far, refused ones included. */
  commits: number
  /** Called before each commit; what it returns is waited for. */
  beforeCommit: (() => Promise<unknown>) | undefined
}

export function faultyStore(inner: SessionStore = memoryStore()): FaultyStore {
  const check = (store: FaultyStore): void => {
    if (store.failure) throw new StoreError(store.failure, `the store is ${store.failure}`)
  }
  return {
    local: true,
    failure: undefined,
    lostClaims: 0,
    lostAnswers: 0,
    commits: 0,
    beforeCommit: undefined,
    load: (...args) => inner.load(...args),
    list: (...args) => inner.list(...args),
    async commit(...args) {
      this.commits++
      await this.beforeCommit?.()
      check(this)
      const answer = await inner.commit(...args)
      if (this.lostAnswers > 0) {
        this.lostAnswers--
        throw new StoreError('failed', 'the answer was lost')
      }
      return answer
    },
    async claimTurn(...args) {
      check(this)
      const answer = await inner.claimTurn(...args)
      if (this.lostClaims-- > 0) throw new StoreError('failed', 'the answer was lost')
      return answer
    },
    renewTurn: (...args) => inner.renewTurn(...args),
    releaseTurn: (...args) => inner.releaseTurn(...args),
    watch: listener => inner.watch?.(listener) ?? (() => {}),
  }
}

export interface ChatMessage {
  readonly role: string
  readonly content: string
}

export function user(content: string): ChatMessage {
  return { role: 'user', content }
}

export function texts(session: { readonly messages: readonly { readonly content: string }[] }): string[] {
  return session.messages.map(message => message.content)
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
