import { delay } from '@x/retry'
import { numbered, withoutNumbers } from '../shared/numbered.ts'
import type { Reply } from './reply.ts'

/** A bot's text, said word by word, each word with its number. */
export function botReply(text: string, paceMs: () => number): Reply {
  const parts = [...withoutNumbers(text).matchAll(/(\S+)(\s*)/g)].map(([, word = '', gap = '']) => ({ word, gap }))
  return {
    words: parts.map(({ word }) => word),
    isRepeatable: true,
    async *speak(firstNumber) {
      for (const [index, { word, gap }] of parts.entries()) {
        await delay(paceMs(), { unref: true })
        yield numbered(word, firstNumber + index) + gap
      }
    },
  }
}
