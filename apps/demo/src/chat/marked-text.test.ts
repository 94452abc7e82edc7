import { describe, expect, it } from 'vitest'
import { numbered } from '../../shared/numbered.ts'
import { atMarks, CARET, markNumbers, withoutMarks } from './marked-text.ts'

const say = (words: string, from = 1): string =>
  words
    .split(' ')
    .map((word, index) => numbered(word, from + index))
    .join(' ')

describe('markNumbers', () => {
  it('shows each fifth number behind the letters of its word', () => {
    expect(atMarks(markNumbers(say('one two three four **five.** six')))).toEqual([
      'one two three four **five',
      { kind: 'number', text: '5' },
      '.** six',
    ])
  })

  it('tells what is missing and what is there again', () => {
    expect(atMarks(markNumbers(`${say('one two')} ${say('five six', 5)} ${say('two', 2)}`))).toEqual([
      'one two ',
      { kind: 'break', text: '3–4 missing' },
      'five',
      { kind: 'number', text: '5' },
      ' six ',
      { kind: 'break', text: '2 again' },
      'two',
    ])
  })

  it('keeps marks out of words that are markup alone', () => {
    const text = markNumbers(`${say('one')} ${say('## three', 4)}`)

    expect(withoutMarks(text)).toBe('one ## three')
    expect(atMarks(text)).toEqual([
      'one ## ',
      { kind: 'break', text: '2–3 missing' },
      'three',
      { kind: 'number', text: '5' },
    ])
  })

  it('leaves the number of a list what it is', () => {
    expect(withoutMarks(markNumbers(`${say('1. a b c')}\n${say('2. d', 5)}`))).toBe('1. a b c\n2. d')
    expect(atMarks(markNumbers(`${say('1. a b c')}\n${say('2. d', 5)}`))).toEqual(['1. a b c\n2. d'])
  })

  it('takes nothing that the text brings for a mark', () => {
    expect(atMarks(markNumbers(`a${CARET} b`))).toEqual(['a b'])
  })
})
