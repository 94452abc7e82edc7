import { describe, expect, it } from 'vitest'
import { numbered, parseNumbered, withoutNumbers } from '../shared/numbered.ts'
import { bots } from './bots.ts'
import { countReply, inWords } from './counter.ts'
import { seededRandom } from './random.ts'
import { storyReply } from './storyteller.ts'

describe('bots', () => {
  it('say the same for the same prompt and seed', () => {
    for (const bot of bots) expect(bot.reply('tide', seededRandom(5))).toBe(bot.reply('tide', seededRandom(5)))
  })

  it('tell a finished story about what was asked, for any seed', () => {
    for (let seed = 0; seed < 500; seed++) {
      const story = storyReply('Tell me of the lighthouse!', seededRandom(seed))
      expect(story).toContain('lighthouse')
      expect(story).not.toMatch(/[{}]|undefined| {2}/)
      expect(story).toMatch(/\.$/)
    }
  })

  it('count in words to the number named', () => {
    expect(countReply('to 3, please')).toBe('one two three')
    expect(countReply('hello').split(' ')).toHaveLength(20)
    expect(countReply('99999').split(' ')).toHaveLength(500)
    expect(inWords(421)).toBe('four-hundred-twenty-one')
  })
})

describe('numbered tokens', () => {
  it('are read back from a text as they were written', () => {
    expect(numbered('sea', 1042)).toBe('sea¹⁰⁴²')
    expect(parseNumbered(`${numbered('the', 9)} plain ${numbered('sea.', 10)}\n\n`)).toEqual([
      { word: 'the', number: 9 },
      { word: 'sea.', number: 10 },
    ])
  })

  it('cannot be smuggled in', () => {
    expect(withoutNumbers('x⁹y²')).toBe('xy')
  })
})
