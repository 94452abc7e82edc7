/** How far the reply to a question is, while somebody works on it. */
export interface Progress {
  readonly chat: string
  readonly phase: 'queued' | 'asking' | 'streaming' | 'waiting' | 'stopping'
}
