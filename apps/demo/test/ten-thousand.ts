/** Runs in the page, before the app does: puts a conversation of 10,000 messages into its database. */
import { indexedDBStore } from '@x/session-manager/indexeddb'
import type { Stored } from '../src/chat/messages.ts'

const EXCHANGES = 5000

const messages = Array.from({ length: EXCHANGES }, (_, n): Stored[] => [
  { id: `q${n}`, role: 'user', content: `What is number ${n}?`, bot: 'echo' },
  {
    id: `q${n}-reply`,
    role: 'assistant',
    content: `It is **${n}**, and after it comes:\n\n- ${n + 1}\n- ${n + 2}`,
    replyTo: `q${n}`,
    run: 'earlier',
    status: 'complete',
  },
])
const store = indexedDBStore({ name: 'squall' })
const now = Date.now()
const session = {
  id: 'long',
  title: 'A long one',
  titleSource: 'user',
  metadata: { bot: 'echo' },
  createdAt: now,
  updatedAt: now,
  archived: false,
  messages: messages.flat(),
} as const
await store.commit('long', { expectedVersion: null, operationId: 'seed', changes: [{ type: 'create', session }] })
await store.close?.()
document.title = 'seeded'
