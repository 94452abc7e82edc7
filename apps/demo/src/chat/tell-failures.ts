import { isSessionError } from '@x/session-manager'
import { CHAT_IS_GONE, type Chats } from './chats.ts'

/**
 * What the visitor wanted and cannot have, since another tab has deleted the chat or the database does not answer, is
 * told in a sentence, whichever button it was. Any other error is a fault of the page and stays one.
 */
export function tellFailures({ notice }: Chats): void {
  addEventListener('unhandledrejection', event => {
    const { reason } = event
    if (!isSessionError(reason)) return
    event.preventDefault()
    const isGone = reason.code === 'SESSION_NOT_FOUND'
    notice.set({ text: isGone ? CHAT_IS_GONE : `That did not work: ${reason.message}` })
  })
}
