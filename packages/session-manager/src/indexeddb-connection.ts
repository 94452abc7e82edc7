import { isSessionError, StoreError, type StoreFailure, ValidationError } from './errors.ts'
import { ignore } from './ignore.ts'
import { beginFreshLog } from './indexeddb-fresh-log.ts'
import { outcome } from './indexeddb-outcome.ts'

/** No operation takes longer as a whole: neither behind another tab's upgrade nor behind a frozen tab's transaction. */
const PATIENCE_MS = 15_000

/**
 * One database, opened when it is needed: again after the browser has closed
 * it, never in the way of another tab's upgrade, and never waited for without end.
 */
export class Connection {
  readonly #name: string
  readonly #upgrade: (db: IDBDatabase) => void
  #db: Promise<IDBDatabase> | undefined
  #isClosed = false

  constructor(name: string, upgrade: (db: IDBDatabase) => void) {
    this.#name = name
    this.#upgrade = upgrade
  }

  /**
   * Runs `fn` in one transaction over all stores and resolves when that is complete: all of it, or nothing.
   * On a dead connection it runs once more on a new one, so `fn` is made to be repeated.
   */
  async run<T>(
    options: { mode: IDBTransactionMode; durability?: IDBTransactionDurability; signal?: AbortSignal | undefined },
    fn: (transaction: IDBTransaction) => Promise<T>,
  ): Promise<T> {
    const { mode, durability = 'default', signal } = options
    const until = performance.now() + PATIENCE_MS
    for (let isRepeat = false; ; isRepeat = true) {
      signal?.throwIfAborted()
      const opening = this.#open()
      try {
        const db = await bounded(opening, until, signal, () => this.#drop(opening))
        return await complete(db.transaction(db.objectStoreNames, mode, { durability }), fn, until, signal)
      } catch (error) {
        if (signal?.aborted || isSessionError(error)) throw error
        if (isRepeat || !isDead(error)) throw translate(error)
        this.#drop(opening)
      }
    }
  }

  close(): void {
    this.#isClosed = true
    if (this.#db !== undefined) this.#drop(this.#db)
  }

  #open(): Promise<IDBDatabase> {
    if (this.#isClosed) throw new StoreError('closed', 'the store was closed')
    if (this.#db !== undefined) return this.#db
    const drop = (): void => this.#drop(opening)
    const opening = this.#connect(drop)
    opening.catch(drop)
    this.#db = opening
    return opening
  }

  async #connect(onLost: () => void): Promise<IDBDatabase> {
    await beginFreshLog(this.#name)
    const request = indexedDB.open(this.#name, 1)
    request.onupgradeneeded = () => this.#upgrade(request.result)
    const db = await outcome(request)
    // Another tab upgrades or deletes the database: give way, and open it again when it is needed.
    db.onversionchange = db.onclose = onLost
    return db
  }

  #drop(opening: Promise<IDBDatabase>): void {
    if (this.#db === opening) this.#db = undefined
    opening.then(db => db.close(), ignore)
  }
}

function complete<T>(
  transaction: IDBTransaction,
  fn: (transaction: IDBTransaction) => Promise<T>,
  until: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const work = new Promise<T>((resolve, reject) => {
    let result: T
    let failure: unknown
    transaction.oncomplete = () => resolve(result)
    transaction.onabort = () => reject(failure ?? transaction.error)
    fn(transaction).then(
      value => {
        result = value
      },
      error => {
        // The abort of a transaction reaches its requests first: the cause comes with `onabort`.
        if (nameOf(error) === 'AbortError') return
        failure = error
        if (!abort(transaction)) reject(error)
      },
    )
  })
  return bounded(work, until, signal, () => void abort(transaction))
}

/** Settles in time, and calls `onGiveUp` when that is before the work has. */
function bounded<T>(
  work: Promise<T>,
  until: number,
  signal: AbortSignal | undefined,
  onGiveUp: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (reason: unknown): void => {
      reject(reason)
      onGiveUp()
    }
    const onAbort = (): void => giveUp(signal?.reason)
    const timer = setTimeout(
      () => giveUp(new StoreError('blocked', `the database did not answer within ${PATIENCE_MS} ms`)),
      Math.max(0, until - performance.now()),
    )
    signal?.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    })
  })
}

/** False when it is over already. */
function abort(transaction: IDBTransaction): boolean {
  try {
    transaction.abort()
    return true
  } catch {
    return false
  }
}

/** The connection is of no use any more, as WebKit's are after a while in the background. */
function isDead(error: unknown): boolean {
  return ['InvalidStateError', 'UnknownError', 'AbortError'].includes(nameOf(error))
}

function translate(error: unknown): Error {
  const name = nameOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (name === 'DataCloneError') return new ValidationError('changes', message, { cause: error })
  const reason: StoreFailure = name === 'QuotaExceededError' ? 'quota' : name === 'VersionError' ? 'closed' : 'failed'
  return new StoreError(reason, message || name, { cause: error })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'UnknownError'
}
