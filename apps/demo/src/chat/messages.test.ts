import { describe, expect, it } from 'vitest'
import { exchangesOf, promptFor, type Stored } from './messages.ts'

const question = (id: string): Stored => ({ id, role: 'user', content: `question ${id}` })
const reply = (to: string): Stored => ({ id: `r${to}`, role: 'assistant', content: `reply ${to}`, replyTo: to })

describe('exchangesOf', () => {
  it('puts each reply under its own question, whenever it was written', () => {
    const exchanges = exchangesOf([question('1'), question('2'), reply('1'), question('3'), reply('2')])

    expect(exchanges.map(({ question, reply }) => [question.id, reply?.id])).toEqual([
      ['1', 'r1'],
      ['2', 'r2'],
      ['3', undefined],
    ])
  })
})

describe('promptFor', () => {
  it('is the conversation up to the question, without the replies that come after it', () => {
    const prompt = promptFor([question('1'), question('2'), reply('1'), question('3')], '2')

    expect(prompt.map(({ content }) => content)).toEqual(['question 1', 'reply 1', 'question 2'])
  })

  it('forgets what is long ago, and more of it the longer the messages are', () => {
    const long = (id: string): Stored => ({ ...question(id), content: 'x'.repeat(20_000) })
    const all = ['1', '2', '3', '4'].flatMap(id => [long(id), reply(id)])
    expect(promptFor([...all, question('5')], '5').map(({ content }) => content.length)).toEqual([
      ...[20_000, 7, 20_000, 7],
      10,
    ])
  })

  it('leaves out an unfinished reply to the question itself', () => {
    expect(promptFor([question('1'), reply('1')], '1')).toHaveLength(1)
  })
})
