// The messages by which engines say that a fetch failed, where they give no code. Kept exact: a substring would
// take errors in for what somebody's URL or user name happens to hold.
const MESSAGES: readonly string[] = [
  'Failed to fetch', // Chrome
  'network error', // Chrome, while the body is read
  'NetworkError when attempting to fetch resource.', // Firefox
  'Error in input stream', // Firefox, while the body is read
  'Load failed', // Safari
  'The network connection was lost.', // Safari
  'The request timed out.', // Safari
  'The Internet connection appears to be offline.', // Safari
  'Could not connect to the server.', // Safari
  'fetch failed', // undici
  'terminated', // undici, while the body is read
  'Network request failed', // React Native
  'error reading a body from connection', // Deno, while the body is read
  'Network connection lost.', // Cloudflare Workers
  'A network error occurred.', // Bun
]

interface Failure {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly cause?: unknown
}

/** Tells a failed fetch from a bug: both are `TypeError`s in most engines, and only the text differs. */
export function isNetworkFailure({ name, message, cause }: Failure): boolean {
  if ((name !== 'TypeError' && name !== 'Error') || typeof message !== 'string') return false
  // undici says "fetch failed" of an unknown scheme and a forbidden port, too; only the network's failures have a code.
  if (message === 'fetch failed') return cause === undefined || typeof (cause as Failure | null)?.code === 'string'
  // Chrome and Safari may add the host: "Failed to fetch (example.com)".
  const text = message.trim().replace(/ \([^()]+\)$/, '')
  return MESSAGES.includes(text) || text.startsWith('error sending request for url') // Deno
}
