import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

/** Tells what a chat is called now, by its id. */
export function useTitles(): (chat: string) => string {
  const { sessions } = useStore(useSquall().chats.manager)
  const titles = new Map(sessions.map(({ id, title }) => [id, title || 'New chat']))
  return chat => titles.get(chat) ?? 'Deleted chat'
}
