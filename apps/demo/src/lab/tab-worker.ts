import { indexedDBStore } from '@x/session-manager/indexeddb'
import { Documents } from '../old-way/documents.ts'
import { OldChats } from '../old-way/old-chats.ts'
import { storeOn } from './disk.ts'
import { Ours } from './ours.ts'
import { Plug } from './plug.ts'
import type { TabXray } from './tab-xray.ts'
import type { TabCommands, Way, World } from './way.ts'

/** A command as it comes in: its number, its name and what it takes. */
export type Command = readonly [n: number, name: keyof TabCommands, args: readonly unknown[]]
/** What became of a command, a request that was made, or what is to be seen inside. */
export type Answer =
  | { readonly n: number; readonly result?: unknown; readonly error?: string }
  | { readonly xray: TabXray }
  | 'request'

// A worker is a tab that can crash: it has a thread, connections and locks of its own, and `terminate` asks nobody.
const world = JSON.parse(self.name) as World
const disk = { isFull: false }
const plug = new Plug(self, world.base, () => post('request'))
const way: Way =
  world.way === 'old'
    ? new OldChats(new Documents(world.name, disk), world.name)
    : new Ours(storeOn(disk, indexedDBStore({ name: world.name })), world.name, xray => post({ xray }))

const own: Pick<TabCommands, 'plug' | 'fillDisk'> = {
  async plug(isPulled) {
    if (isPulled) plug.pull()
    else plug.putBack()
  },
  async fillDisk(isFull) {
    disk.isFull = isFull
  },
}

self.onmessage = async ({ data: [n, name, args] }: MessageEvent<Command>) => {
  const target = name in own ? own : way
  const run = target[name as keyof typeof target] as (...args: readonly unknown[]) => Promise<unknown>
  try {
    post({ n, result: await run.apply(target, args as unknown[]) })
  } catch (error) {
    post({ n, error: String(error) })
  }
}

function post(answer: Answer): void {
  self.postMessage(answer)
}
