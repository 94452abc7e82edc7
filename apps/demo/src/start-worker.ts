/** Makes the service worker answer in place of a server, and waits until it does. */
export async function startWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) throw new Error('it needs a service worker: open it over https, or on localhost')
  const { serviceWorker } = navigator
  await serviceWorker.register('service-worker.js')
  const { active } = await serviceWorker.ready
  if (serviceWorker.controller) return
  const { promise: taken, resolve } = Promise.withResolvers<Event>()
  serviceWorker.addEventListener('controllerchange', resolve, { once: true })
  active?.postMessage('claim')
  await taken
}
