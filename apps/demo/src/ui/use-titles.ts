import { useStore } from './use-store.ts'
import { useXray } from './xray-context.ts'

/** Tells what a chat is called now, by its id. */
export function useTitles(): (chat: string) => string {
  const xray = useXray()
  const titles = new Map(useStore(xray.titles).map(({ id, title }) => [id, title || 'New chat']))
  return chat => titles.get(chat) ?? xray.nameOf(chat)
}
