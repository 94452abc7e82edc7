import { type FaultReply, type FaultServer, faultServer, type ReceivedRequest } from '@x/fetch-retry/testing'
import type { Answer, Client } from './fetch-client.ts'
import { clients } from './fetch-clients.ts'
import type { Verdict } from './fetch-judges.ts'
import { type Probe, probes } from './fetch-situations.ts'
import { printTargets } from './report.ts'

async function run(probe: Probe, client: Client, server: FaultServer, path: string): Promise<Verdict> {
  const url = probe.replies.length > 0 ? server.plan(path, ...probe.replies) : server.url + path
  const startedAt = performance.now()
  let answer: Answer | undefined
  let error: unknown
  let isOver = false
  const called = probe.via ? probe.via(client, url) : client.send(url, probe.sent?.() ?? {})
  if (!called) return { text: 'n/a', isRight: false }
  const sending = called.then(
    value => (answer = value),
    thrown => (error = thrown),
  )
  await Promise.race([sending.then(() => (isOver = true)), new Promise(resolve => setTimeout(resolve, 2000))])
  const sent = server.requests.filter(request => request.path === path)
  const waitMs = sent[1] && sent[0] ? sent[1].receivedAt - sent[0].receivedAt : undefined
  return probe.judge({ answer, error, sent, tookMs: performance.now() - startedAt, isOver, waitMs })
}

/** A file that is cut at its first request, and honest about ranges. */
function ranged(): (request: ReceivedRequest) => FaultReply {
  const seen = new Set<string>()
  const body = '0123456789'
  return ({ path, headers }) => {
    const [, from = ''] = /^bytes=(\d+)-/.exec(String(headers.range)) ?? []
    const range = { 'content-range': `bytes ${from}-9/10` }
    if (from) return { status: 206, headers: { etag: '"v"', ...range }, body: body.slice(Number(from)) }
    const isFirst = !seen.has(path)
    seen.add(path)
    return { headers: { etag: '"v"' }, body, ...(isFirst && ({ fault: 'truncated-body', faultAfter: 4 } as const)) }
  }
}

/** Prints the situations in which clients differ, what each does, and whether ours is ever behind. */
export async function fetchProbes(): Promise<void> {
  await using server = await faultServer({ reply: ranged() })
  const width = 24
  const line = (cells: readonly string[]) =>
    `${cells
      .map(cell => cell.slice(0, width - 2).padEnd(width))
      .join('')
      .trimEnd()}\n`
  process.stdout.write(line(['', ...clients.map(({ name }) => name)]))
  let behind = 0
  for (const [at, probe] of probes.entries()) {
    const verdicts = await Promise.all(
      clients.map((client, place) => run(probe, probe.client?.(client) ?? client, server, `/${at}-${place}`)),
    )
    const [ours, ...others] = verdicts
    if (!ours?.isRight && others.some(({ isRight }) => isRight)) behind++
    process.stdout.write(line([probe.name, ...verdicts.map(({ text, isRight }) => `${isRight ? '+' : '-'} ${text}`)]))
  }
  if (behind > 0) process.exitCode = 1
  printTargets([
    {
      what: `${probes.length} situations: none in which ours is not the best or equal (${behind})`,
      holds: behind === 0,
    },
  ])
}
