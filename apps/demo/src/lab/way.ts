/** What a message of a scenario is. */
export interface Question {
  readonly id: string
  readonly text: string
}

/** A way to keep chats: the same steps of a scenario are done in one and in the other. */
export interface Way {
  create(chat: string): Promise<void>
  /** Shows a chat, and takes up what was left unfinished in it. */
  show(chat: string): Promise<void>
  /** Sends to the chat that is shown; resolves when it calls the message stored. */
  send(chat: string, question: Question): Promise<void>
  rename(chat: string, title: string): Promise<void>
  remove(chat: string): Promise<void>
  /** A new chat with everything up to a message and with it; tells its name. */
  fork(chat: string, atMessage: string): Promise<string>
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>
}

export type WayName = 'old' | 'ours'

/** What a worker needs to know to be a tab. */
export interface World {
  readonly way: WayName
  /** The name of its database and of its client in the server's ledger. */
  readonly name: string
  /** Where the page is. */
  readonly base: string
}

/** What a tab can be told. */
export interface TabCommands extends Way {
  /** Pulls the plug of its network, or puts it back. */
  plug(isPulled: boolean): Promise<void>
  fillDisk(isFull: boolean): Promise<void>
}
