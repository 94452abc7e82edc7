// @vitest-environment happy-dom
/** @jsxImportSource preact */
import { render } from 'preact'
import { expect, it } from 'vitest'
import { Notes } from '../recipes/preact-notes.tsx'
import { createSessionManager, memoryStore } from './index.ts'

it('Preact shows notes, edits and removes them by id, and follows another tab', async () => {
  const store = memoryStore()
  await using manager = createSessionManager<{ text: string }>({ store })
  const session = await manager.create({ title: 'List', messages: [{ text: 'milk' }] })
  render(<Notes session={session} />, document.body)
  const values = () => [...document.querySelectorAll('input')].map(input => input.value)
  const click = (text: string) =>
    [...document.querySelectorAll('button')].find(each => each.textContent === text)?.click()
  expect([document.querySelector('h1')?.textContent, values()]).toEqual(['List saved', ['milk']])

  click('Add')
  await expect.poll(values).toEqual(['milk', ''])
  const added = document.querySelectorAll('input')[1] as HTMLInputElement
  added.value = 'bread'
  added.dispatchEvent(new Event('input', { bubbles: true }))
  added.dispatchEvent(new Event('change', { bubbles: true }))
  await expect.poll(() => session.messages.map(({ text }) => text)).toEqual(['milk', 'bread'])
  click('Remove')
  await expect.poll(values).toEqual(['bread'])

  await using tab = createSessionManager<{ text: string }>({ store })
  await (await tab.open(session.id)).append({ text: 'from another tab' })
  await expect.poll(values).toEqual(['bread', 'from another tab'])
  render(null, document.body)
})
