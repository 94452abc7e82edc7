import type { FaultReply } from '@x/fetch-retry/testing'
import type { Answer, Client, Sent } from './fetch-client.ts'
import { keyed, resumable, resumedEvents } from './fetch-clients.ts'
import {
  abortAfter,
  aborted,
  ms,
  REASON,
  type Run,
  recovers,
  sameBodies,
  sentOnce,
  type Verdict,
  waits,
} from './fetch-judges.ts'
import { callsOfBug, oneAfterAnother, spreadOfWaits } from './fetch-ways.ts'

/** What a server does, how it is called, and what is right. */
export interface Probe {
  readonly name: string
  readonly replies: readonly FaultReply[]
  sent?(): Sent
  readonly client?: (client: Client) => Client
  /** Another way to call; `undefined` where the client has none. */
  readonly via?: (client: Client, url: string) => Promise<Answer> | undefined
  judge(run: Run): Verdict
}

const OK: FaultReply = { body: 'fine' }
const HOUR_AHEAD = () => new Date(Date.now() + 3_600_000)
const streamed = () => new Blob(['body']).stream() as ReadableStream<Uint8Array>
const EVENTS = { 'content-type': 'text/event-stream' }

export const probes: readonly Probe[] = [
  { name: 'GET 503', replies: [{ status: 503 }, OK], judge: recovers },
  { name: 'GET reset', replies: [{ fault: 'reset-before-headers' }, OK], judge: recovers },
  { name: 'POST 503', replies: [{ status: 503 }, OK], sent: () => ({ method: 'POST', body: 'x' }), judge: sentOnce },
  {
    name: 'POST reset',
    replies: [{ fault: 'reset-before-headers' }, OK],
    sent: () => ({ method: 'POST', body: 'x' }),
    judge: sentOnce,
  },
  {
    name: 'POST 503, with a key',
    replies: [{ status: 503 }, OK],
    client: client => (client.name === keyed.name ? keyed : client),
    sent: () => ({ method: 'POST', body: 'x' }),
    judge: run => ({
      text: run.sent[0]?.headers['idempotency-key'] ? `key, ${run.sent.length} sent` : 'no key',
      isRight:
        run.sent[0]?.headers['idempotency-key'] !== undefined &&
        run.sent[0].headers['idempotency-key'] === run.sent[1]?.headers['idempotency-key'],
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
  {
    name: 'GET 408 ... 504',
    replies: [...[408, 429, 500, 502, 503, 504].flatMap(status => [{ status }, OK])],
    via: (client, url) => oneAfterAnother(6, () => client.send(url, {})),
    judge: run => ({
      text: run.answer?.text === 'fine' ? 'all six' : 'some',
      isRight: run.answer?.text === 'fine' && run.sent.length === 12,
    }),
  },
  {
    name: 'waits of its own',
    replies: [{ status: 503 }],
    via: (client, url) => client.sendPlain && spreadOfWaits(client.sendPlain, url),
    judge: ({ answer }) => ({ text: answer?.text ?? 'no retry', isRight: (answer?.status ?? 0) > 40 }),
  },
  ...['-5', 'soon', '1e3'].map(
    (hint): Probe => ({
      name: `Retry-After: ${hint}`,
      replies: [{ status: 503, headers: { 'retry-after': hint } }, OK],
      judge: recovers,
    }),
  ),
  {
    name: 'Retry-After > 2^31 ms',
    replies: [{ status: 503, headers: { 'retry-after': '3000000' }, body: 'later' }, OK],
    judge: run => ({
      text: run.sent.length > 1 ? `after ${ms(run.waitMs)}` : run.isOver ? 'hands over' : 'waits',
      isRight: run.isOver && run.sent.length === 1 && run.answer?.text === 'later',
    }),
  },
  {
    name: 'RateLimit-Reset: 1',
    replies: [{ status: 429, headers: { 'ratelimit-reset': '1' } }, OK],
    judge: waits(1000),
  },
  {
    name: 'X-RateLimit-Reset: 1',
    replies: [{ status: 429, headers: { 'x-ratelimit-reset': '1' } }, OK],
    judge: waits(1000),
  },
  {
    name: 'abort in flight',
    replies: [{ fault: 'stalled-headers' }, OK],
    sent: () => ({ signal: abortAfter(200) }),
    judge: aborted(REASON),
  },
  {
    name: 'abort with a string',
    replies: [{ fault: 'stalled-headers' }, OK],
    sent: () => ({ signal: abortAfter(200, 'why') }),
    judge: aborted('why'),
  },
  {
    name: 'PUT Request',
    replies: [{ status: 503 }, OK],
    via: (client, url) => client.sendRequest?.(new Request(url, { method: 'PUT', body: 'body' })),
    judge: sameBodies,
  },
  {
    name: 'a silent attempt, signal',
    replies: [{ fault: 'stalled-headers' }, OK],
    sent: () => ({ timeoutMs: 150, signal: new AbortController().signal }),
    judge: recovers,
  },
  {
    name: 'bounded as a whole',
    replies: [{ fault: 'stalled-headers' }],
    via: (client, url) => client.sendWithin?.(url, 400) as Promise<Answer> | undefined,
    judge: run => ({
      text: run.isOver ? `ends at ${ms(run.tookMs)}` : 'hangs',
      isRight: run.isOver && run.tookMs < 800,
    }),
  },
  {
    name: 'a bug in fetch',
    replies: [OK],
    via: (client, url) => client.sendOver && callsOfBug(client.sendOver, url),
    judge: ({ answer }) => ({ text: answer?.text ?? '', isRight: answer?.status === 1 }),
  },
  {
    name: 'a body that is cut',
    replies: [],
    client: client => (client.name === keyed.name ? resumable : client),
    judge: ({ answer, error, sent }) => ({
      text: answer ? `${answer.text.length} of 10, ${sent.length} sent` : `rejects, ${(error as Error)?.name}`,
      isRight: answer?.text === '0123456789',
    }),
  },
  {
    name: 'events that break off',
    replies: [
      { headers: EVENTS, body: 'id: 1\ndata: a\n\nid: 2\ndata: b\n\n', fault: 'reset-in-body', faultAfter: 20 },
      { headers: EVENTS, body: 'id: 2\ndata: b\n\n' },
      { status: 204 },
    ],
    client: client => (client.name === keyed.name ? resumedEvents : client),
    judge: ({ answer, sent }) => ({
      text: answer?.text === 'ab' && sent[1]?.headers['last-event-id'] === '1' ? 'each once' : 'as text, once',
      isRight: answer?.text === 'ab',
    }),
  },
]
