import type { VNode } from 'preact'

/** Line icons of one hand: 20 units wide, drawn in the text's colour. */
function icon(path: string): () => VNode {
  return () => (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}

export const PlusIcon = icon('M10 4v12M4 10h12')
export const PencilIcon = icon(
  'M4 16l.8-3.4L13 4.4a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2zM11.6 5.8l2.6 2.6',
)
export const TrashIcon = icon('M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6M8.6 9v4.4M11.4 9v4.4')
export const SendIcon = icon('M10 16V4.5M5 9.5l5-5 5 5')
export const StopIcon = icon('M6 6h8v8H6z')
export const RetryIcon = icon('M15.5 10a5.5 5.5 0 1 1-1.7-4M14 3v3.2h-3.2')
export const ChatsIcon = icon('M4 5h12M4 10h12M4 15h8')
export const ChatIcon = icon('M4 4.5h12v8.5H9.5L6 16v-3H4z')
export const WeatherIcon = icon('M6 13.5a3 3 0 0 1 .2-6 4 4 0 0 1 7.6 1A2.6 2.6 0 0 1 14 13.5M8 13l-1 3M11 13l-1 3')
export const XrayIcon = icon('M3 10h3.5l2-5 3 10 2-5H17')
export const PlayIcon = icon('M7 5l8 5-8 5z')
export const LockIcon = icon('M5.5 9h9v7h-9zM7.3 9V6.7a2.7 2.7 0 0 1 5.4 0V9')
export const CopyIcon = icon('M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3')
export const CheckIcon = icon('M4.5 10.5l3.5 3.5 7.5-8')
export const ForkIcon = icon('M10 17v-6M10 11C10 7 5 8.5 5 4M10 11c0-4 5-2.5 5-7M3 6l2-2 2 2M13 6l2-2 2 2')
export const DownIcon = icon('M10 4v11.5M5 10.5l5 5 5-5')
export const MoreIcon = icon('M4.5 10h.01M10 10h.01M15.5 10h.01')
export const SearchIcon = icon('M9 4a5 5 0 1 0 0 10a5 5 0 0 0 0-10M12.7 12.7L16.5 16.5')
export const ArchiveIcon = icon('M3.5 4.5h13v3.5h-13zM5 8v8h10V8M8.5 11h3')
export const ImportIcon = icon('M10 3.5v9M6.5 9l3.5 3.5L13.5 9M4 16.5h12')
export const ExportIcon = icon('M10 12.5v-9M6.5 7L10 3.5L13.5 7M4 16.5h12')
export const SettingsIcon = icon('M3.5 6h7M14.5 6h2M12.5 4v4M3.5 14h2M9.5 14h7M7.5 12v4')
export const KeyboardIcon = icon('M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.5h7')
