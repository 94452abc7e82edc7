import { createSessionManager, isSessionError, type SessionManager, type SessionStore } from '@x/session-manager'
import { Hono } from 'hono'
import { streamText } from 'hono/streaming'

interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

const STATUS = { SESSION_NOT_FOUND: 404, VALIDATION: 400, SESSION_BUSY: 409, VERSION_CONFLICT: 409 } as const

/** The reply was stopped, or the model failed: what came is stored, and the client sees its end. */
const onCut = async (): Promise<void> => {}

/** Chats over HTTP; several processes may serve the same store. Who may see which chat is yours to check. */
export function chatServer(
  store: SessionStore,
  answer: (question: string, signal: AbortSignal) => AsyncIterable<string>,
): { app: Hono; manager: SessionManager<Message> } {
  const manager = createSessionManager<Message>({ store })
  const app = new Hono()

  app.get('/chats', async c => c.json(await manager.list({ limit: 50, cursor: c.req.query('cursor') })))
  app.post('/chats', async c => {
    await using chat = await manager.create()
    return c.json({ id: chat.id }, 201)
  })
  app.get('/chats/:id', async c => {
    await using chat = await manager.open(c.req.param('id'))
    return c.json(chat.getSnapshot())
  })

  // A client that leaves does not stop the reply: it is stored to its end, and there when the client comes back.
  app.post('/chats/:id/messages', async c => {
    const { content } = await c.req.json<{ content: string }>()
    const key = c.req.header('idempotency-key') ?? crypto.randomUUID() // Sent again, nothing is stored twice.
    const chat = await manager.open(c.req.param('id'))
    return streamText(
      c,
      async out => {
        await using _ = chat
        await chat.turn(async ({ session, signal }) => {
          await session.append({ role: 'user', content }, { operationId: key })
          await using reply = await session.stream({ role: 'assistant' }, { operationId: `${key}/reply` })
          for await (const piece of answer(content, signal)) {
            reply.write(piece)
            void out.write(piece) // Not awaited: a slow reader holds nobody up.
          }
          await reply.complete()
        })
      },
      onCut,
    )
  })
  // Stopping is a request of its own: the turn that runs is interrupted, in whichever process.
  app.delete('/chats/:id/turn', async c => {
    await using chat = await manager.open(c.req.param('id'))
    await chat.turn(() => {}, { onBusy: 'interrupt' })
    return c.body(null, 204)
  })

  app.onError((error, c) => {
    const status = isSessionError(error) ? (STATUS[error.code as keyof typeof STATUS] ?? 503) : 500
    return c.json({ error: isSessionError(error) ? error.message : 'internal error' }, status)
  })
  return { app, manager }
}
