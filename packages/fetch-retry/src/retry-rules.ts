/** What RFC 9110 section 9.2.2 calls idempotent, and QUERY. */
const IDEMPOTENT_METHOD = /^(GET|HEAD|OPTIONS|TRACE|PUT|DELETE|QUERY)$/

/** Whether a method may be sent twice: it has the effect of once, or the caller says so. */
export function isIdempotent(method: string, optedIn: readonly string[] = []): boolean {
  return IDEMPOTENT_METHOD.test(method) || optedIn.some(name => name.toUpperCase() === method)
}

/** Whether a failed response is worth another try: its `x-should-retry` first, its status else. */
export function isRetryableResponse(
  { status, headers }: Response,
  retryOnStatus: readonly number[] = [408, 425, 429, 500, 502, 503, 504],
): boolean {
  const verdict = headers.get('x-should-retry')
  return verdict === 'true' || (verdict !== 'false' && retryOnStatus.includes(status))
}

interface NetworkError {
  readonly syscall?: unknown
  readonly address?: unknown
  readonly port?: unknown
  readonly cause?: unknown
  readonly errors?: readonly NetworkError[]
}

/**
 * Whether an error proves that no server has seen a request to `url`: the name was not found, or the connection never
 * came to be.
 *
 * A redirect that was followed has shown the request to a server before. So where one may have been, the connection
 * that failed must be the one to the address and port of `url` itself; a name can lead anywhere.
 */
export function wasNeverSent(
  error: unknown,
  { url, redirect = 'follow' }: { readonly url: string; readonly redirect?: RequestRedirect | undefined },
): boolean {
  const { cause = error } = Object(error) as NetworkError
  const failure = Object(cause) as NetworkError
  // Node tries every address of a name and reports them together.
  const { syscall, address, port } = failure.errors?.[0] ?? failure
  if (syscall !== 'connect' && syscall !== 'getaddrinfo') return false
  const { protocol, hostname, port: own } = new URL(url)
  const isOwnAddress = hostname === address || hostname === `[${address}]`
  const isOwnPort = Number(own || (protocol === 'https:' ? 443 : 80)) === port
  return redirect !== 'follow' || (isOwnAddress && isOwnPort)
}
