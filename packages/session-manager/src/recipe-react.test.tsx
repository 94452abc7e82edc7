// @vitest-environment happy-dom
/** @jsxImportSource react */
import { createRoot, hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, it } from 'vitest'
import { Chats, type Message } from '../recipes/react-chat.tsx'
import { faultyStore, texts } from '../test/faulty-store.ts'
import { clock } from '../test/hurried-manager.ts'
import { createSessionManager } from './index.ts'

afterEach(() => document.body.replaceChildren())

async function* answer(question: string): AsyncGenerator<string> {
  yield 'You said: '
  yield question
}

function shown(selector: string): (string | null)[] {
  return [...document.querySelectorAll(selector)].map(each => each.textContent)
}

function click(text: string): void {
  const button = [...document.querySelectorAll('button')].find(each => each.textContent === text)
  button?.click()
}

async function ask(question: string): Promise<void> {
  await expect.poll(() => document.querySelector('input')).not.toBe(null)
  const input = document.querySelector('input') as HTMLInputElement
  input.value = question
  input.form?.requestSubmit()
}

function until(selector: string, expected: unknown): Promise<void> {
  return expect.poll(() => shown(selector)).toEqual(expected)
}

it('React shows chats and replies as they come, keeps chats apart, and what another tab writes', async () => {
  const store = faultyStore()
  await using manager = createSessionManager<Message>({ store, clock })
  const root = createRoot(document.body.appendChild(document.createElement('div')))
  root.render(<Chats manager={manager} answer={answer} />)
  await until('button', ['New chat'])
  click('New chat')
  await ask('hello')
  await until('p', ['hello', 'You said: hello'])
  await until('nav button', ['New chat', 'hello'])

  const first = manager.current?.id ?? ''
  click('New chat')
  await until('p', [])
  click('hello')
  await until('p', ['hello', 'You said: hello'])

  await using tab = createSessionManager<Message>({ store })
  await (await tab.open(first)).append({ role: 'user', content: 'from another tab' })
  await until('p', ['hello', 'You said: hello', 'from another tab'])

  store.failure = 'quota'
  await ask('full')
  await expect.poll(() => shown('[role=alert]').length).toBe(1)
  store.failure = undefined
  await expect.poll(() => shown('[role=alert]').length).toBe(0)
  expect(texts(await tab.open(first)).slice(0, 3)).toEqual(['hello', 'You said: hello', 'from another tab'])
  root.unmount()
})

it('React renders on a server, and hydrates without a difference', async () => {
  await using manager = createSessionManager<Message>()
  await manager.create({ messages: [{ role: 'user', content: 'only here' }] })
  const html = renderToString(<Chats manager={manager} answer={answer} />)
  expect(html).toContain('New chat')
  expect(html).not.toContain('only here')

  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  const errors: unknown[] = []
  const options = { onRecoverableError: (error: unknown) => errors.push(error) }
  const root = hydrateRoot(container, <Chats manager={manager} answer={answer} />, options)
  await until('p', ['only here'])
  expect(errors).toEqual([])
  root.unmount()
})
