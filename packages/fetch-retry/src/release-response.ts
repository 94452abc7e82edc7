import { readUpTo } from './read-up-to.ts'
import { within } from './within.ts'

const MAX_DRAIN_BYTES = 16_384
const MAX_DRAIN_MS = 50

/**
 * Lets go of a response that nobody will read: a short body is read to its end, which keeps the connection for the
 * next attempt, and a long or slow one is cancelled, which closes it. What somebody else reads is left to them.
 *
 * Not to be waited for: `cancel()` of a body that was cloned settles only with its twin.
 */
export function releaseResponse(response: Response | undefined): void {
  if (!response?.body || response.body.locked) return
  const reader = response.body.getReader()
  within(MAX_DRAIN_MS, () => readUpTo(MAX_DRAIN_BYTES, reader))
    .finally(() => reader.cancel())
    .catch(() => {})
}
