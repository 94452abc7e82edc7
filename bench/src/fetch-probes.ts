import { type FaultReply, type FaultServer, faultServer, type ReceivedRequest } from '@x/fetch-retry/testing'
import { type Answer, type Client, clients, keyed, type Sent } from './fetch-clients.ts'

/** What one client did in one situation, and whether that is right. */
interface Verdict {
  readonly text: string
  readonly isRight: boolean
}

interface Run {
  readonly answer: Answer | undefined
  readonly error: unknown
  readonly sent: readonly ReceivedRequest[]
  /** Milliseconds to the end, or to the moment when nobody waited any longer. */
  readonly tookMs: number
  readonly isOver: boolean
  /** Between the first request and the second, at the server. */
  readonly waitMs: number | undefined
}

interface Probe {
  readonly name: string
  readonly replies: readonly FaultReply[]
  sent?(): Sent
  readonly client?: (client: Client) => Client
  judge(run: Run): Verdict
}

const OK: FaultReply = { body: 'fine' }
const HOUR_AHEAD = () => new Date(Date.now() + 3_600_000)
const ms = (value: number | undefined) => (value === undefined ? 'no retry' : `${Math.round(value)} ms`)
const waits =
  (least: number) =>
  (run: Run): Verdict => ({
    text:
      run.waitMs === undefined
        ? 'no retry'
        : run.waitMs >= least - 2
          ? `waits ${ms(run.waitMs)}`
          : `after ${ms(run.waitMs)}`,
    isRight: (run.waitMs ?? 0) >= least - 2 && run.answer?.text === 'fine',
  })
const recovers = ({ answer, error, sent, isOver }: Run): Verdict => ({
  text: isOver
    ? answer
      ? `${answer.status}, ${sent.length} sent`
      : `${(error as Error).name}, ${sent.length} sent`
    : 'hangs',
  isRight: answer?.text === 'fine',
})
const once = ({ sent }: Run): Verdict => ({ text: `${sent.length} sent`, isRight: sent.length === 1 })
const sameBodies = (run: Run): Verdict => {
  const bodies = run.sent.map(({ body }) => Buffer.from(body).toString())
  const isRight = bodies.every(body => body === 'body') && run.answer !== undefined
  const outcome = run.isOver ? (run.answer?.status ?? (run.error as Error).name) : 'hangs'
  return { text: `${bodies.map(body => body || 'EMPTY').join(', ')}: ${outcome}`, isRight }
}
const streamed = () => new Blob(['body']).stream() as ReadableStream<Uint8Array>

function abortAfter(afterMs: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(REASON), afterMs)
  return controller.signal
}
const REASON = new Error('the reason')

const probes: readonly Probe[] = [
  { name: 'GET 503', replies: [{ status: 503 }, OK], judge: recovers },
  { name: 'GET reset', replies: [{ fault: 'reset-before-headers' }, OK], judge: recovers },
  { name: 'POST 503', replies: [{ status: 503 }, OK], sent: () => ({ method: 'POST', body: 'x' }), judge: once },
  {
    name: 'POST reset',
    replies: [{ fault: 'reset-before-headers' }, OK],
    sent: () => ({ method: 'POST', body: 'x' }),
    judge: once,
  },
  {
    name: 'POST 503, with a key',
    replies: [{ status: 503 }, OK],
    client: client => (client.name === keyed.name ? keyed : client),
    sent: () => ({ method: 'POST', body: 'x' }),
    judge: run => ({
      text: run.sent[0]?.headers['idempotency-key'] ? `key, ${run.sent.length} sent` : 'no key',
      isRight:
        run.sent.length === 2 && run.sent[0]?.headers['idempotency-key'] === run.sent[1]?.headers['idempotency-key'],
    }),
  },
  { name: 'Retry-After: 1', replies: [{ status: 503, headers: { 'retry-after': '1' } }, OK], judge: waits(1000) },
  {
    name: 'Retry-After date, clock +1 h',
    replies: [
      {
        status: 503,
        headers: { date: HOUR_AHEAD().toUTCString(), 'retry-after': new Date(+HOUR_AHEAD() + 1000).toUTCString() },
      },
      OK,
    ],
    judge: waits(1000),
  },
  {
    name: 'retry-after-ms: 300',
    replies: [{ status: 429, headers: { 'retry-after-ms': '300' } }, OK],
    judge: waits(300),
  },
  {
    name: 'RateLimit r=0;t=1',
    replies: [{ status: 429, headers: { ratelimit: '"d";r=0;t=1' } }, OK],
    judge: waits(1000),
  },
  {
    name: 'Retry-After: 86400',
    replies: [{ status: 503, headers: { 'retry-after': '86400' }, body: 'tomorrow' }, OK],
    judge: run => ({
      text: run.isOver ? (run.sent.length > 1 ? `sends after ${ms(run.waitMs)}` : 'hands over') : 'waits a day',
      isRight: run.isOver && run.sent.length === 1 && run.answer?.text === 'tomorrow',
    }),
  },
  {
    name: 'abort in the wait',
    replies: [{ status: 503, headers: { 'retry-after': '1' } }, OK],
    sent: () => ({ signal: abortAfter(200) }),
    judge: run => ({
      text: `${run.isOver ? ms(run.tookMs) : 'late'}${run.error === REASON ? ', reason' : run.error ? ', other error' : ', no error'}`,
      isRight: run.tookMs < 400 && run.error === REASON,
    }),
  },
  {
    name: 'PUT string',
    replies: [{ status: 503 }, OK],
    sent: () => ({ method: 'PUT', body: 'body' }),
    judge: sameBodies,
  },
  {
    name: 'PUT stream',
    replies: [{ status: 503 }, OK],
    sent: () => ({ method: 'PUT', body: streamed() }),
    judge: sameBodies,
  },
  {
    name: '503 without an end',
    replies: [{ status: 503, body: 'x'.repeat(1000), fault: 'endless-body' }, OK],
    judge: recovers,
  },
  {
    name: 'a silent attempt',
    replies: [{ fault: 'stalled-headers' }, OK],
    sent: () => ({ timeoutMs: 150 }),
    judge: recovers,
  },
  {
    name: 'gives up',
    replies: [{ status: 503, body: 'problem' }],
    judge: ({ answer, error }) => ({
      text: answer ? `${answer.status} ${answer.text}` : String((error as Error).name),
      isRight: answer?.text === 'problem',
    }),
  },
]

async function run(probe: Probe, client: Client, server: FaultServer, path: string): Promise<Verdict> {
  const url = server.plan(path, ...probe.replies)
  const startedAt = performance.now()
  let answer: Answer | undefined
  let error: unknown
  let isOver = false
  const sending = client.send(url, probe.sent?.() ?? {}).then(
    value => (answer = value),
    thrown => (error = thrown),
  )
  await Promise.race([sending.then(() => (isOver = true)), new Promise(resolve => setTimeout(resolve, 2000))])
  const sent = server.requests.filter(request => request.path === path)
  const waitMs = sent[1] && sent[0] ? sent[1].receivedAt - sent[0].receivedAt : undefined
  return probe.judge({ answer, error, sent, tookMs: performance.now() - startedAt, isOver, waitMs })
}

/** Prints the situations in which clients differ, what each does, and whether ours is ever behind. */
export async function fetchProbes(): Promise<void> {
  await using server = await faultServer()
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
  process.stdout.write(
    `${behind === 0 ? '  reached ' : '  MISSED  '}rows in which another is right and ours is not: ${behind}\n`,
  )
}
