import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { describeVisitor } from './describe-visitor.ts'
import type { Visitor } from './visitor.ts'

const NOTHING_WRONG = { underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }

describeVisitor('the chats at the side', {}, it => {
  const titles = ({ page }: Visitor) => page.locator('.chat-title').allTextContents()

  it('finds a chat by what was said in it, and says so when there is none', async ({ visitor }) => {
    await visitor.chatAbout('first words, about an anchor', 'second words')
    await visitor.page.keyboard.press('Control+k')
    await visitor.page.keyboard.type('ANCHOR')

    await expect.poll(() => titles(visitor)).toEqual(['first words, about an anchor'])
    await visitor.page.getByRole('searchbox').fill('albatross')
    await visitor.page.getByText('Nothing found for “albatross”').waitFor()
    await visitor.page.getByRole('searchbox').fill('')
    await expect.poll(() => titles(visitor)).toHaveLength(2)
  })

  it('puts a chat into the archive and takes it out again', async ({ visitor }) => {
    await visitor.chatAbout('old news')
    await visitor.chooseFor('old news', 'Archive')
    await visitor.page.locator('.welcome').waitFor()
    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 3, stored: 3 })
    await visitor.button('Archived').click()
    await expect.poll(() => titles(visitor)).toEqual(['old news'])
    await visitor.chooseFor('old news', 'Unarchive')
    await visitor.page.getByText('Nothing is archived').waitFor()
    await visitor.button('Archived').click()

    await expect.poll(() => titles(visitor)).toContain('old news')
  })

  it('turns the pages of many chats', async ({ visitor }) => {
    await visitor.choose('echo')
    for (let n = 1; n <= 44; n++) await visitor.page.keyboard.press('Control+Shift+o')
    await expect.poll(() => titles(visitor)).toHaveLength(40)
    await visitor.button('Older').click()
    await expect.poll(() => titles(visitor)).toHaveLength(5)
    await visitor.button('Newer').click()

    await expect.poll(() => titles(visitor)).toHaveLength(40)
  })

  it('exports a chat as a file, and brings it back from there', async ({ visitor }) => {
    await visitor.chatAbout('keep me')
    const downloading = visitor.page.waitForEvent('download')
    await visitor.chooseFor('keep me', 'Export')
    const download = await downloading
    expect(download.suggestedFilename()).toMatch(/^squall-keep-me-\d{4}-\d\d-\d\d\.jsonl$/)
    const text = await readFile(await download.path(), 'utf8')
    await visitor.chooseFor('keep me', 'Delete')
    await visitor.page.locator('.welcome').waitFor()
    const file = visitor.page.getByLabel('File of chats')
    await file.setInputFiles({ name: 'chats.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(text) })
    await visitor.questions.filter({ hasText: 'keep me' }).waitFor()
    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 3, stored: 3 })

    await file.setInputFiles({ name: 'none.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from('{"no": 1}') })
    await visitor.page.getByText('Nothing was imported').waitFor()
  })

  it('exports the other chats when one cannot be read, and says so', async ({ visitor }) => {
    await visitor.chatAbout('broken', 'whole')
    await visitor.page.reload()
    await visitor.questions.filter({ hasText: 'whole' }).waitFor()
    await visitor.page.evaluate(() => {
      const { get } = IDBObjectStore.prototype
      IDBObjectStore.prototype.get = function (key) {
        if (this.name === 'sessions' && key !== location.hash.slice(1)) throw new DOMException('damaged', 'DataError')
        return get.call(this, key)
      }
    })
    await visitor.button('Settings').click()
    const downloading = visitor.page.waitForEvent('download')
    await visitor.button('Export all chats').click()
    const text = await readFile(await (await downloading).path(), 'utf8')
    await visitor.page.getByText('The file has all but 1 that cannot be read').waitFor()

    expect(text).toContain('whole')
    expect(text).not.toContain('broken')
    expect(text).toContain('"unreadable"')
  })

  it('shows a notice for as long as the pointer or the focus is on it, and a while longer', async ({ visitor }) => {
    const { page } = visitor
    const notice = page.locator('.toast')
    // What was just done is drawn, and has its effects, before the time passes.
    const later = async () => {
      await page.clock.runFor(100)
      await page.clock.fastForward(60_000)
      await page.clock.runFor(100)
    }
    await visitor.chatAbout('gone')
    await page.clock.install()
    await visitor.chooseFor('gone', 'Delete')
    await notice.hover()
    await later()
    expect(await notice.isVisible()).toBe(true)
    await visitor.button('Undo').focus()
    await page.mouse.move(0, 0)
    await later()
    expect(await notice.isVisible()).toBe(true)
    await visitor.input.focus()
    await later()

    await notice.waitFor({ state: 'detached' })
  })

  it('renames and deletes by keys, goes on with the next chat, and undoes', async ({ visitor }) => {
    await visitor.chatAbout('alpha', 'beta', 'gamma')
    const { keyboard } = visitor.page
    await visitor.chats.filter({ hasText: 'gamma' }).focus()
    await keyboard.press('ArrowDown')
    await keyboard.press('F2')
    await keyboard.type('Beta of mine')
    await keyboard.press('Enter')
    await expect.poll(() => titles(visitor)).toEqual(['gamma', 'Beta of mine', 'alpha'])
    await visitor.chats.filter({ hasText: 'Beta of mine' }).focus()
    await keyboard.press('Delete')
    await expect.poll(() => titles(visitor)).toEqual(['gamma', 'alpha'])
    await expect
      .poll(() => visitor.page.evaluate(() => document.activeElement?.querySelector('.chat-title')?.textContent))
      .toBe('alpha')
    await visitor.button('Undo').click()

    await expect.poll(() => titles(visitor)).toEqual(['gamma', 'Beta of mine', 'alpha'])
  })
})
