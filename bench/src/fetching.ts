import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFetch } from '@x/fetch-retry'
import got from 'got'
import ky from 'ky'
import { ofetch } from 'ofetch'
import { type Contender, compare } from './compare.ts'
import { fetchProbes } from './fetch-probes.ts'
import { ratioOf, report } from './report.ts'

/** What clients cost when HTTP does not fail, and what they do when it does. */
export async function fetching(): Promise<void> {
  const server = createServer((_, response) => response.end('{"weather":"sunny"}'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const sequential = (name: string, request: () => Promise<unknown>): Contender => ({
    name,
    async run(times) {
      for (let i = 0; i < times; i++) await request()
    },
  })
  const ours = createFetch()
  const results = await compare(
    [
      sequential('fetch', async () => (await fetch(url)).text()),
      sequential('@x/fetch-retry', async () => (await ours(url)).text()),
      sequential('ky', () => ky(url).text()),
      sequential('got', () => got(url).text()),
      sequential('ofetch', () => ofetch(url, { responseType: 'text' })),
    ],
    { times: 25, rounds: 80 },
  )
  const ratio = ratioOf(results, '@x/fetch-retry')
  report('a request to a healthy server on the same machine', results, [
    { what: `createFetch <= 1.03 x fetch (${ratio.toFixed(3)})`, holds: ratio <= 1.03 },
    { what: 'createFetch below ky and got', holds: ratio < Math.min(ratioOf(results, 'ky'), ratioOf(results, 'got')) },
  ])
  server.close()
  server.closeAllConnections()

  await fetchProbes()
}
