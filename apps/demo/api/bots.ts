import { countReply } from './counter.ts'
import { handbookReply } from './handbook.ts'
import { storyReply } from './storyteller.ts'

/** A built-in model: the same conversation always gets the same words. */
export interface Bot {
  readonly id: string
  readonly description: string
  /** Words and the white space behind them, without numbers. */
  reply(prompt: string, random: () => number): string
}

export const bots: readonly Bot[] = [
  { id: 'storyteller', description: 'Tells a short sea story about what you write.', reply: storyReply },
  { id: 'handbook', description: 'Explains what you ask for in Markdown, with a list and code.', reply: handbookReply },
  { id: 'counter', description: 'Counts to the number you name, to twenty if you name none.', reply: countReply },
  { id: 'echo', description: 'Says what you said.', reply: prompt => prompt },
]
