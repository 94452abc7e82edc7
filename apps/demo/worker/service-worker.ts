import { createApi } from '../api/api.ts'

/** The files of the page, relative to the worker, and a name that changes when one of them does. */
declare const FILES: readonly string[]
declare const VERSION: string

interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}
/** What a service worker has of its global scope. (The types of pages and of workers exclude each other.) */
interface WorkerScope {
  readonly registration: { readonly scope: string }
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate' | 'message', listener: (event: ExtendableEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void
}

const worker = globalThis as unknown as WorkerScope
const { scope } = worker.registration
const CACHES = `squall ${scope} `
const api = createApi()

worker.addEventListener('install', event => event.waitUntil(install()))
worker.addEventListener('activate', event => event.waitUntil(activate()))
// A page that was reloaded past the worker asks for it.
worker.addEventListener('message', event => event.waitUntil(worker.clients.claim()))
worker.addEventListener('fetch', event => {
  const { request } = event
  if (!request.url.startsWith(scope)) return
  const { pathname } = new URL(request.url)
  const path = `/${pathname.slice(new URL(scope).pathname.length)}`
  // A connection that is cut before its first byte is a network error for the page.
  if (api.owns(path)) event.respondWith(api.answer(request, path).catch(() => Response.error()))
  else if (request.method === 'GET') event.respondWith(fileFor(request))
})

async function install(): Promise<void> {
  const cache = await caches.open(CACHES + VERSION)
  await cache.addAll(FILES.map(file => new Request(new URL(file, scope), { cache: 'reload' })))
  await worker.skipWaiting()
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter(name => name.startsWith(CACHES) && name !== CACHES + VERSION)
  await Promise.all(old.map(name => caches.delete(name)))
  await worker.clients.claim()
}

async function fileFor(request: Request): Promise<Response> {
  const cache = await caches.open(CACHES + VERSION)
  return (await cache.match(request, { ignoreSearch: true })) ?? (await fetch(request))
}
