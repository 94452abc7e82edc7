import { getEventListeners } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { retryPolicy } from './index.ts'

describe('retryPolicy with two signals', () => {
  it('ends with either, and leaves no listener on them', async () => {
    for (const which of ['own', 'given', 'neither', 'own before', 'given before']) {
      const own = new AbortController()
      const given = new AbortController()
      const abort = () => ({ own, given })[which.split(' ')[0] as 'own']?.abort(which)
      if (which.includes('before')) abort()
      const call = retryPolicy({ signal: own.signal }).execute(
        ({ signal }) => {
          abort()
          return signal.aborted ? new Promise(() => {}) : 'done'
        },
        { signal: given.signal },
      )
      expect(await call.catch(error => error)).toBe(which === 'neither' ? 'done' : which)
      for (const { signal } of [own, given]) expect(getEventListeners(signal, 'abort')).toEqual([])
    }
  })

  it('is not misled by options that are changed later', async () => {
    const own = new AbortController()
    const options: { signal?: AbortSignal } = { signal: own.signal }
    const policy = retryPolicy(options)
    delete options.signal
    own.abort('own')

    await expect(policy.execute(() => 'done', { signal: new AbortController().signal })).rejects.toBe('own')
  })

  it('makes no dependent one, which Node 20 keeps as long as its sources live', async () => {
    const any = vi.spyOn(AbortSignal, 'any')
    const own = new AbortController()
    await retryPolicy({ signal: own.signal }).execute(() => 1, { signal: new AbortController().signal })
    expect(any).not.toHaveBeenCalled()
    any.mockRestore()
  })
})
