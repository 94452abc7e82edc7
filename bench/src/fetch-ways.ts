import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Client } from './fetch-client.ts'
import { ms } from './fetch-judges.ts'

export async function oneAfterAnother(times: number, send: () => Promise<Answer>): Promise<Answer> {
  let answer = await send()
  for (let n = 1; n < times && answer.text === 'fine'; n++) answer = await send()
  return answer
}

/** The distance in milliseconds between the shortest and the longest first wait of eight clients. */
export async function spreadOfWaits(send: (url: string) => Promise<unknown>, url: string): Promise<Answer> {
  const firstWaits = await Promise.all(
    Array.from({ length: 8 }, async (_, n) => {
      const arrivals = await arrivalsWithin(1700, send, `${url}/${n}`)
      return (arrivals[1] ?? Number.NaN) - (arrivals[0] ?? Number.NaN)
    }),
  )
  const [least, most] = [Math.min(...firstWaits), Math.max(...firstWaits)]
  return { status: most - least, text: Number.isNaN(least) ? 'no retry' : `${Math.round(least)} to ${ms(most)}` }
}

async function arrivalsWithin(
  withinMs: number,
  send: (url: string) => Promise<unknown>,
  url: string,
): Promise<number[]> {
  const arrivals: number[] = []
  const server = createServer((_, response) => {
    arrivals.push(performance.now())
    response.writeHead(503).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sending = send(`http://127.0.0.1:${port}${new URL(url).pathname}`).catch(() => {})
  await Promise.race([sending, sleep(withinMs)])
  server.close()
  server.closeAllConnections()
  return arrivals
}

export async function callsOfBug(sendOver: NonNullable<Client['sendOver']>, url: string): Promise<Answer> {
  let calls = 0
  const buggy: typeof fetch = () => {
    calls++
    throw new TypeError('x is not a function')
  }
  await (async () => sendOver(buggy, url))().catch(() => {})
  return { status: calls, text: `${calls} calls` }
}
