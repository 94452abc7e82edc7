import { withTimeout } from '@x/retry'
import { readUpTo } from './read-up-to.ts'

/**
 * Lets go of a response that nobody will read: a body of up to 16 kB that comes within 50 ms is read to its end, which
 * keeps the connection for the next attempt; a longer or slower one is cancelled, which closes it. What somebody else
 * reads is left to them.
 *
 * Not to be waited for: `cancel()` of a body that was cloned settles only with its twin.
 */
export function releaseResponse(response: Response | undefined): void {
  if (response?.body?.locked !== false) return
  const reader = response.body.getReader()
  withTimeout(() => readUpTo(16_384, reader), 50)
    .catch(() => reader.cancel())
    .catch(() => {})
}
