import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Auditor, type EvidenceStore } from './auditor.ts'
import type { Sent } from './witness.ts'

const message: Sent = { id: 'm1', chat: 'a', text: 'hello' }

/** An empty store, in whose reading something happens. */
function storeMeanwhile(happens: () => void): EvidenceStore {
  return {
    async list() {
      happens()
      return { sessions: [] }
    },
    load: async () => undefined,
  }
}

describe('Auditor', () => {
  beforeEach(() => {
    const page = { run: 'run', revision: 0, entries: [], oldestNumber: 0 }
    vi.stubGlobal('fetch', async () => Response.json(page))
  })
  afterEach(() => void vi.unstubAllGlobals())

  async function lostWhen(happens: (notes: Sent[]) => void, notes: Sent[]): Promise<number> {
    const auditor = new Auditor({
      store: storeMeanwhile(() => happens(notes)),
      witness: { all: () => [...notes], isDeleted: () => false },
      client: 'me',
    })
    await auditor.check()
    const { state, total } = auditor.report.getSnapshot()
    expect(state).toBe('compared')
    return total.lost
  }

  it('calls a message lost that was acknowledged before the store was read', async () => {
    expect(await lostWhen(() => {}, [{ ...message, acknowledged: true }])).toBe(1)
  })

  it('does not call a message lost that was acknowledged just after the store was read', async () => {
    expect(await lostWhen(notes => notes.splice(0, 1, { ...message, acknowledged: true }), [message])).toBe(0)
  })

  it('does not call a message lost that was taken back while the store was read', async () => {
    expect(await lostWhen(notes => notes.splice(0, 1), [{ ...message, acknowledged: true }])).toBe(0)
  })
})
