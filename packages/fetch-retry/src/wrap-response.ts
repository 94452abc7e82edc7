import { within } from './within.ts'

/**
 * The same response over a body that is watched, if there is something to watch for: `url`, `redirected` and `type` stay, also in clones.
 *
 * A reader that waits longer than `idleMs` for the next chunk gets a `TimeoutError`. `onEnd` is called when the body
 * has ended, failed or been cancelled; at once when there is none.
 */
export function wrapResponse(response: Response, idleMs: number | undefined, onEnd?: () => void): Response {
  if (!response.body || (idleMs ?? onEnd) === undefined) {
    onEnd?.()
    return response
  }
  const reader = response.body.getReader()
  const cancel = (reason: unknown) => {
    onEnd?.()
    return reader.cancel(reason)
  }
  const body = new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await within(idleMs, () => reader.read()).catch(error => {
          cancel(error).catch(() => {})
          throw error
        })
        if (!done) return controller.enqueue(value)
        onEnd?.()
        controller.close()
      },
      cancel,
    },
    // Nothing is read ahead, so that the silence of a reader is not taken for that of the server.
    { highWaterMark: 0 },
  )
  return resemble(new Response(body, response), response)
}

/** Gives a constructed response what its constructor does not take. */
export function resemble(response: Response, original: Response): Response {
  for (const name of ['url', 'redirected', 'type'] as const) {
    Object.defineProperty(response, name, { value: original[name] })
  }
  const clone = () => resemble(Response.prototype.clone.call(response), original)
  return Object.defineProperty(response, 'clone', { value: clone })
}
