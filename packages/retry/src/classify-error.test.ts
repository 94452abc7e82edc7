import { describe, expect, it, vi } from 'vitest'
import {
  CircuitOpenError,
  classifyError,
  DeadlineError,
  type ErrorClass,
  isRetryable,
  isRetryError,
  NonRetryableError,
  retry,
  TimeoutError,
} from './index.ts'

const withCode = (code: string, cause?: unknown) => Object.assign(new Error('x', { cause }), { code })
const fetchFailed = (cause?: unknown) => new TypeError('fetch failed', cause === undefined ? {} : { cause })

const table: readonly [ErrorClass, unknown][] = [
  ['timeout', new TimeoutError(5)],
  ['timeout', new DeadlineError(5)],
  ['circuit_open', new CircuitOpenError(5)],
  ['client_error', new NonRetryableError('stop')],

  ['aborted', new DOMException('x', 'AbortError')],
  ['aborted', AbortSignal.abort().reason],
  ['aborted', withCode('ERR_CANCELED')],
  ['aborted', new Error('wrapped', { cause: new DOMException('x', 'AbortError') })],
  ['timeout', new DOMException('x', 'TimeoutError')],

  ['transient', withCode('ECONNRESET')],
  ['transient', withCode('EAI_AGAIN')],
  ['transient', withCode('ConnectionRefused')],
  ['transient', withCode('ERR_NETWORK')],
  ['timeout', withCode('ETIMEDOUT')],
  ['timeout', withCode('UND_ERR_HEADERS_TIMEOUT')],
  ['client_error', withCode('ENOTFOUND')],
  ['client_error', withCode('CERT_HAS_EXPIRED')],
  ['client_error', withCode('DEPTH_ZERO_SELF_SIGNED_CERT')],
  ['client_error', withCode('ERR_TLS_CERT_ALTNAME_INVALID')],
  ['client_error', withCode('ERR_TLS_DH_PARAM_SIZE')],
  ['client_error', withCode('ERR_SSL_WRONG_VERSION_NUMBER')],
  ['client_error', withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE')],

  ['server_error', { status: 503 }],
  ['server_error', { statusCode: 500 }],
  ['server_error', { response: { status: 502 } }],
  ['server_error', { $metadata: { httpStatusCode: 504 } }],
  ['server_error', { code: 503 }],
  ['server_error', { code: 'E_API', status: 503 }],
  ['unknown', withCode('42601')],
  ['unknown', withCode('ER_4040')],
  ['rate_limit', { status: 429 }],
  ['timeout', { status: 408 }],
  ['transient', { status: 425 }],
  ['auth', { status: 401 }],
  ['auth', { status: 403 }],
  ['client_error', { status: 404 }],
  ['server_error', new Error('wrapped', { cause: { status: 503 } })],
  ['unknown', { status: 200 }],

  ['transient', new TypeError('Failed to fetch')], // Chrome
  ['transient', new TypeError('Failed to fetch (api.example.com)')],
  ['transient', new TypeError('network error')],
  ['transient', new TypeError('NetworkError when attempting to fetch resource.')], // Firefox
  ['transient', new TypeError('Error in input stream')],
  ['transient', new TypeError('Load failed')], // Safari
  ['transient', new TypeError('The network connection was lost.')],
  ['transient', new TypeError('The Internet connection appears to be offline.')],
  ['transient', fetchFailed()], // undici
  ['transient', fetchFailed(withCode('ECONNREFUSED'))],
  ['transient', fetchFailed(withCode('UND_ERR_SOCKET'))],
  ['transient', fetchFailed(withCode('HPE_INVALID_CONSTANT'))],
  ['transient', new TypeError('terminated', { cause: withCode('UND_ERR_SOCKET') })],
  ['transient', new TypeError('terminated')],
  ['timeout', fetchFailed(withCode('UND_ERR_CONNECT_TIMEOUT'))],
  ['client_error', fetchFailed(withCode('ENOTFOUND'))],
  ['programmer', fetchFailed(new Error('unknown scheme'))],
  ['programmer', fetchFailed(new Error('bad port'))],
  ['transient', new TypeError('error sending request for url (http://localhost:1/)')], // Deno
  ['transient', fetchFailed(new Error('error sending request for url (http://localhost:1/): client error (Connect)'))],
  ['transient', fetchFailed(new Error('error sending request from 127.0.0.1:5 for http://127.0.0.1:6/: closed'))],
  ['transient', new TypeError('error reading a body from connection')],
  ['programmer', new TypeError("Url scheme 'foo' not supported")],
  ['transient', Object.assign(new TypeError('ECONNREFUSED: Unable to connect.'), { code: 'ECONNREFUSED' })], // Bun
  ['transient', new Error('Network connection lost.')], // Cloudflare Workers
  ['transient', new TypeError('Network request failed')], // React Native
  ['transient', new TypeError(' A network error occurred.')],

  ['programmer', new TypeError('x is not a function')],
  ['programmer', new TypeError('Failed to fetch the user from the list')],
  ['programmer', new TypeError('The view for Load failed')],
  ['programmer', new ReferenceError('x is not defined')],
  ['programmer', new SyntaxError('Unexpected token')],
  ['programmer', new RangeError('Invalid array length')],
  ['programmer', new Error('wrapped', { cause: new TypeError('x is not a function') })],

  ['unknown', new Error('took 500ms')],
  ['unknown', new Error('user 4031 has 503 unread')],
  ['unknown', new Error('circuit is open')],
  ['unknown', undefined],
  ['unknown', null],
  ['unknown', 'ECONNRESET'],
  ['unknown', 503],
]

describe('classifyError', () => {
  it.each(table)('%s: %o', (errorClass, error) => {
    expect(classifyError(error)).toBe(errorClass)
  })

  it('survives a chain of causes that is a circle, or long', () => {
    const a = new Error('a')
    a.cause = new Error('b', { cause: a })
    expect(classifyError(a)).toBe('unknown')

    const deep = Array.from({ length: 9 }).reduce<unknown>(cause => new Error('wrapped', { cause }), { status: 503 })
    expect(classifyError(deep)).toBe('unknown')
  })

  it('survives an error that throws when it is looked at', () => {
    const hostile = new Proxy(new Error('x'), {
      get() {
        throw new Error('hands off')
      },
    })
    expect(classifyError(hostile)).toBe('unknown')
  })
})

describe('isRetryable', () => {
  it.each([
    ['transient', true],
    ['timeout', true],
    ['rate_limit', true],
    ['server_error', true],
    ['unknown', true],
    ['client_error', false],
    ['auth', false],
    ['circuit_open', false],
    ['aborted', false],
    ['programmer', false],
  ] as const)('%s: %s', (errorClass, expected) => {
    const [, error] = table.find(([name]) => name === errorClass) ?? []
    expect(isRetryable(error)).toBe(expected)
  })

  it('is false for a NonRetryableError whatever its cause', () => {
    expect(isRetryable(new NonRetryableError('stop', { cause: { status: 503 } }))).toBe(false)
  })

  it.each(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'ERR_INVALID_URL'])(
    'a bug that undici reports under "fetch failed" is one: %s',
    code => {
      const cause = Object.assign(new Error('bad'), { code })
      expect(classifyError(new TypeError('fetch failed', { cause }))).toBe('programmer')
    },
  )

  it('a proxy that throws whatever it is asked is a failure like another, and the error of the call', async () => {
    const proxy = new Proxy(
      {},
      {
        get() {
          throw new Error('trap')
        },
      },
    )
    expect(isRetryable(proxy)).toBe(true)
    expect(isRetryError(proxy)).toBe(false)
    const onHookError = vi.fn()
    const fails = () => Promise.reject(proxy)
    expect(
      (await retry(fails, { maxRetries: 1, baseDelayMs: 0, onHookError }).catch(error => [error]))[0] === proxy,
    ).toBe(true)
    expect(onHookError).not.toHaveBeenCalled()
  })
})
