import { type SessionStore, StoreError } from '@x/session-manager'

/** A disk that can be full. */
export interface Disk {
  isFull: boolean
}

/** The store on a disk that refuses every commit while it is full. */
export function storeOn(disk: Disk, store: SessionStore): SessionStore {
  return {
    name: store.name ?? '',
    local: store.local ?? false,
    load: (id, options) => store.load(id, options),
    list: (query, options) => store.list(query, options),
    async commit(id, commit, options) {
      if (disk.isFull) throw new StoreError('quota', 'the disk is full')
      return await store.commit(id, commit, options)
    },
    claimTurn: (id, claim, options) => store.claimTurn(id, claim, options),
    renewTurn: (id, token, options) => store.renewTurn(id, token, options),
    releaseTurn: (id, token, options) => store.releaseTurn(id, token, options),
    watch: listener => store.watch?.(listener) ?? (() => {}),
    close: async () => await store.close?.(),
  }
}
