import { withTimeout } from '@x/retry'

/**
 * The same response over a body that is watched, if there is something to watch for: what the constructor does not take
 * stays as it was, also in clones.
 *
 * A reader that waits longer than `idleMs` for the next chunk gets a `TimeoutError`. `onEnd` is called when the body
 * has ended, failed or been cancelled; at once when there is none.
 */
export function wrapResponse(response: Response, idleMs: number | undefined, onEnd?: () => void): Response {
  if ((idleMs ?? onEnd) === undefined || !response.body) {
    onEnd?.()
    return response
  }
  const reader = response.body.getReader()
  return withBody(response, {
    pull: async () => (await withTimeout(() => reader.read(), idleMs ?? Infinity)).value,
    end(reason) {
      onEnd?.()
      reader.cancel(reason).catch(() => {})
    },
  })
}

interface Source {
  /** The next chunk, or `undefined` after the last. */
  pull(): Promise<Uint8Array | undefined>
  /** Called once: after the last chunk, after a failure of `pull`, or when the reader leaves. */
  end(reason?: unknown): void
}

/** A response like another one, with a body from elsewhere, which is read no faster than somebody reads it. */
export function withBody(original: Response, { pull, end }: Source): Response {
  let failure: unknown
  const body = new ReadableStream(
    {
      async pull(controller) {
        try {
          const chunk = await pull()
          if (chunk) return controller.enqueue(chunk)
          controller.close()
          end()
        } catch (error) {
          failure = error
          end(error)
          throw error
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )

  function resemble(response: Response): Response {
    for (const name in response) {
      const field = response[name as keyof Response] as unknown
      // The constructor takes half of them, and refuses a status that a server may answer with.
      const value = typeof field === 'function' ? () => adopt(field.call(response)) : original[name as keyof Response]
      if (!/^body|headers/.test(name)) Object.defineProperty(response, name, { value })
    }
    return response
  }

  /** Chromium reports the failure of a body that is not its own as another one. */
  function adopt(given: Partial<Response & Promise<unknown>>): unknown {
    if (given.clone) return resemble(given as Response)
    const read = given.catch?.(error => {
      throw failure ?? error
    })
    return read ?? given
  }
  // A cache and a service worker look at what was constructed, past the properties.
  return resemble(new Response(body, original.status < 600 ? original : { headers: original.headers }))
}
