import { ChatIcon, ChatsIcon, PlayIcon, WeatherIcon, XrayIcon } from './icons.tsx'

/** What a narrow window shows one at a time. */
export const VIEWS = [
  ['chats', 'Chats', ChatsIcon],
  ['chat', 'Chat', ChatIcon],
  ['scenarios', 'Scenarios', PlayIcon],
  ['weather', 'Weather', WeatherIcon],
  ['xray', 'X-ray', XrayIcon],
] as const

export type View = (typeof VIEWS)[number][0]
