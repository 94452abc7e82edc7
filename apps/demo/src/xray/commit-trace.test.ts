import { createSessionManager } from '@x/session-manager'
import { describe, expect, it } from 'vitest'
import type { ChatMessage, ChatMetadata } from '../chat/messages.ts'
import { CommitTrace, describeChanges } from './commit-trace.ts'

describe('CommitTrace', () => {
  it('tells of each commit what it stored and which version it made, the newest first', async () => {
    await using manager = createSessionManager<ChatMessage, ChatMetadata>()
    const trace = new CommitTrace(manager)
    const session = await manager.create({ metadata: { bot: 'counter' } })
    await session.append({ role: 'user', content: 'one', bot: 'counter' })

    const [latest, first] = trace.commits.getSnapshot()
    expect(latest).toMatchObject({ chat: session.id, outcome: 'stored', version: session.version })
    expect(latest?.what).toContain('message')
    expect(first?.what).toBe('a new chat')
  })

  it('counts what is the same', () => {
    const piece = { type: 'delta', messageId: 'a', n: 0, delta: 'x' } as const
    expect(describeChanges([piece, piece, { type: 'set', title: 'b' }])).toBe('2 streamed pieces, title or settings')
  })
})
