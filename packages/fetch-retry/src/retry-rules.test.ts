import { describe, expect, it } from 'vitest'
import { isIdempotent, isRetryableResponse, wasNeverSent } from './retry-rules.ts'

describe('isIdempotent', () => {
  it('holds for the methods that RFC 9110 calls so, and QUERY', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'QUERY', 'POST', 'PATCH', 'LOCK']

    expect(methods.filter(method => isIdempotent(method))).toEqual(methods.slice(0, 7))
  })

  it('holds for what the caller opts in, in either case, and still for the others', () => {
    expect(isIdempotent('POST', ['post'])).toBe(true)
    expect(isIdempotent('GET', ['post'])).toBe(true)
    expect(isIdempotent('PATCH', ['post'])).toBe(false)
  })
})

describe('isRetryableResponse', () => {
  it('holds for the statuses that pass', () => {
    const statuses = [400, 401, 404, 408, 409, 413, 421, 425, 429, 500, 501, 502, 503, 504, 505]

    const retried = statuses.filter(status => isRetryableResponse(new Response(null, { status })))

    expect(retried).toEqual([408, 425, 429, 500, 502, 503, 504])
  })

  it('believes x-should-retry more than the status', () => {
    const verdict = (status: number, headers: Record<string, string>) =>
      isRetryableResponse(new Response(null, { status, headers }))

    expect(verdict(409, { 'x-should-retry': 'true' })).toBe(true)
    expect(verdict(503, { 'x-should-retry': 'false' })).toBe(false)
    expect(verdict(503, { 'x-should-retry': 'perhaps' })).toBe(true)
  })
})

describe('wasNeverSent', () => {
  const refused = (port: number, address = '127.0.0.1') =>
    new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED', syscall: 'connect', address, port } })

  it('is proven by a connection that was refused by the very address and port of the request', () => {
    expect(wasNeverSent(refused(8080), { url: 'http://127.0.0.1:8080/x' })).toBe(true)
    expect(wasNeverSent(refused(8080), { url: 'http://127.0.0.2:8080/x' })).toBe(false)
    expect(wasNeverSent(refused(9090), { url: 'http://127.0.0.1:8080/x' })).toBe(false)
  })

  it('is proven for an IPv6 address, and for a port that is not spelled out', () => {
    expect(wasNeverSent(refused(8080, '::1'), { url: 'http://[::1]:8080/' })).toBe(true)
    expect(wasNeverSent(refused(8080, '::1'), { url: 'http://[1::1]:8080/' })).toBe(false)
    expect(wasNeverSent(refused(80), { url: 'http://127.0.0.1/' })).toBe(true)
    expect(wasNeverSent(refused(443, '::1'), { url: 'https://[::1]/' })).toBe(true)
    expect(wasNeverSent(refused(443), { url: 'http://127.0.0.1/' })).toBe(false)
    expect(wasNeverSent(refused(80), { url: 'http://127.0.0.1:8080/' })).toBe(false)
  })

  it('is proven by a name that could not be resolved only where no redirect is followed', () => {
    const unresolved = { code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname: 'a.test' }

    for (const error of [new TypeError('fetch failed', { cause: unresolved }), unresolved]) {
      expect(wasNeverSent(error, { url: 'http://a.test/' })).toBe(false)
      expect(wasNeverSent(error, { url: 'http://a.test/', redirect: 'manual' })).toBe(true)
    }
  })

  it('is not proven by a name, which a redirect may lead to another place, unless none is followed', () => {
    const cause = { code: 'ECONNREFUSED', errors: [{ code: 'ECONNREFUSED', syscall: 'connect', port: 8080 }] }
    const url = 'http://a.test:8080/'

    for (const error of [refused(8080), new TypeError('fetch failed', { cause })]) {
      expect(wasNeverSent(error, { url })).toBe(false)
      expect(wasNeverSent(error, { url, redirect: 'follow' })).toBe(false)
      expect(wasNeverSent(error, { url, redirect: 'error' })).toBe(true)
      expect(wasNeverSent(error, { url, redirect: 'manual' })).toBe(true)
    }
  })

  it('is not proven by a connection that broke, by a timeout, or by anything else', () => {
    const reset = { code: 'ECONNRESET', syscall: 'read', port: 80 }

    expect(wasNeverSent(new TypeError('fetch failed', { cause: reset }), { url: 'http://a.test/' })).toBe(false)
    expect(wasNeverSent(new TypeError('Failed to fetch'), { url: '/relative' })).toBe(false)
    expect(wasNeverSent(undefined, { url: 'http://a.test/' })).toBe(false)
  })
})
