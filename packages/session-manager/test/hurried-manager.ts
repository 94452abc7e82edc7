import { type Clock, createSessionManager, type Session, type SessionManager } from '../src/index.ts'
import { type ChatMessage, type FaultyStore, faultyStore } from './faulty-store.ts'

export type Message = ChatMessage & { readonly id?: string }

/** Time runs a hundred times as fast. */
export const clock: Clock = {
  now: () => performance.now() * 100,
  setTimeout: (fn, ms) => setTimeout(fn, ms / 100),
  clearTimeout: handle => clearTimeout(handle as number),
}

/** Who waits for a second gives others ten, however busy the machine is; shorter waits are what they are. */
export const patientClock: Clock = {
  now: () => performance.now() / 10,
  setTimeout: (fn, ms) => setTimeout(fn, ms < 1000 ? ms : ms * 10),
  clearTimeout: handle => clearTimeout(handle as number),
}

/** A session of a manager in a hurry, on a store that can be made to fail. */
export async function begin(): Promise<{
  store: FaultyStore
  manager: SessionManager<Message>
  session: Session<Message>
}> {
  const store = faultyStore()
  const manager = createSessionManager<Message>({ store, clock })
  return { store, manager, session: await manager.create() }
}

export function ids(session: { readonly messages: readonly { readonly id: string }[] }): string[] {
  return session.messages.map(message => message.id)
}
