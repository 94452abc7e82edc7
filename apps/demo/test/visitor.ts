import type { BrowserContext, Locator, Page } from 'playwright-core'
import type { LedgerPage } from '../shared/ledger.ts'
import type { Tally } from '../src/audit/audit.ts'

/** What has not come by then never will, also where much else runs. */
const PATIENCE_MS = 60_000

/** Somebody at the page, who sees what it shows and nothing else. */
export class Visitor implements AsyncDisposable {
  readonly page: Page
  /** What the console should not have said. */
  readonly complaints: string[] = []
  readonly #context: BrowserContext
  readonly #url: string

  private constructor(page: Page, context: BrowserContext, url: string) {
    this.page = page
    this.#context = context
    this.#url = url
    this.#listen(page)
  }

  /** `before` runs in the page ahead of its own scripts. */
  static async arrive(context: BrowserContext, url: string, address = url, before = (): void => {}): Promise<Visitor> {
    const visitor = new Visitor(await context.newPage(), context, url)
    visitor.page.setDefaultTimeout(PATIENCE_MS)
    await visitor.page.addInitScript(before)
    await visitor.page.goto(address)
    await visitor.page.locator('.log, .lab').first().waitFor({ state: 'attached' })
    if (!address.includes('scenario=')) await visitor.input.waitFor()
    return visitor
  }

  /** The same visitor at the same chat in another tab. */
  async inAnotherTab(before?: () => void): Promise<Visitor> {
    return await Visitor.arrive(this.#context, this.#url, this.page.url(), before)
  }

  get input(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' })
  }

  get questions(): Locator {
    return this.page.locator('.question')
  }

  get replies(): Locator {
    return this.page.locator('.reply .prose')
  }

  get chats(): Locator {
    return this.page.locator('.chat-name')
  }

  get verdict(): Locator {
    return this.page.locator('.verdict')
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  async firstReply(): Promise<string> {
    return (await this.replies.first().textContent()) ?? ''
  }

  async send(text: string): Promise<void> {
    await this.input.fill(text)
    await this.input.press('Enter')
  }

  async choose(bot: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Bot' }).selectOption(bot)
  }

  async newChat(): Promise<void> {
    const before = await this.chats.count()
    await this.page.getByRole('button', { name: 'New chat', exact: true }).first().click()
    await this.page.waitForFunction(count => document.querySelectorAll('.chat-name').length > count, before)
    await this.page.locator('.welcome').waitFor()
  }

  /** Begins a chat with each of the texts, which is echoed before the next one; the last is in front. */
  async chatAbout(...texts: string[]): Promise<void> {
    await this.choose('echo')
    for (const [n, text] of texts.entries()) {
      if (n > 0) await this.newChat()
      await this.send(text)
      await this.settled(n + 1)
    }
  }

  /** Chooses from the menu of a chat in the list. */
  async chooseFor(title: string, entry: string): Promise<void> {
    await this.page
      .getByRole('button', { name: `More for ${title}` })
      .first()
      .click()
    await this.page.locator('.menu:popover-open').getByRole('button', { name: entry, exact: true }).click()
  }

  /** The strip as it is now. */
  async counts(): Promise<Tally> {
    const pairs = await this.page.locator('.count').evaluateAll(counts =>
      counts.map(count => {
        const { name = '' } = (count as HTMLElement).dataset
        return [name, Number(count.querySelector('dd')?.textContent?.replaceAll(',', ''))]
      }),
    )
    return Object.fromEntries(pairs)
  }

  /** Waits until `messages` messages, or any number, were sent, nobody works on a reply, and the strip has seen it like that. */
  async settled(messages?: number, timeout = PATIENCE_MS): Promise<Tally> {
    const quiet = await this.#whenQuiet({ messages, comparisons: 0, timeout })
    // The comparison that is shown may have begun before; the one after the next has not.
    await this.#whenQuiet({ messages, comparisons: quiet + 2, timeout })
    return await this.counts()
  }

  async #whenQuiet(wanted: { messages: number | undefined; comparisons: number; timeout: number }): Promise<number> {
    const handle = await this.page.waitForFunction(
      ({ messages, comparisons }) => {
        const numberIn = (selector: string): number =>
          Number(/\d+/.exec(document.querySelector<HTMLElement>(selector)?.title ?? '')?.[0])
        const compared = numberIn('.verdict')
        const busy = document.querySelector('.busy, [aria-busy="true"]')
        const underWay = document.querySelector('.count[data-name="underWay"] dd')?.textContent
        const sent = numberIn('.count[data-name="sent"] dd')
        return !busy && underWay === '0' && sent === (messages ?? sent) && compared >= comparisons && compared
      },
      wanted,
      { timeout: wanted.timeout, polling: 50 },
    )
    return Number(await handle.jsonValue())
  }

  /** Changes a text in the page's database, whatever its layout, behind the back of everybody. */
  async tamper(pattern: RegExp, replacement: string): Promise<void> {
    await this.page.evaluate(tamperWithTexts, { pattern, replacement })
  }

  /** What the server says that it said. */
  async tokensSaid(): Promise<number> {
    const client = await this.page.evaluate(() => localStorage.getItem('squall.client'))
    const ledger = (await (await fetch(`${this.#url}/ledger?client=${client}`)).json()) as LedgerPage
    return ledger.entries.reduce((sum, { words }) => sum + words.length, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
  }

  #listen(page: Page): void {
    page.on('pageerror', error => this.complaints.push(String(error.stack)))
    page.on('console', message => {
      // The browser notes each refused or cut request by itself: these are the faults, on purpose.
      const ofTheWeather = message.location().url.endsWith('/v1/chat/completions')
      if (['error', 'warning'].includes(message.type()) && !ofTheWeather) this.complaints.push(message.text())
    })
  }
}

/** Runs in the page. */
async function tamperWithTexts({ pattern, replacement }: { pattern: RegExp; replacement: string }): Promise<void> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const changed = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(pattern, replacement)
    if (typeof value !== 'object' || value === null || value instanceof ArrayBuffer) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changed(inner)]))
  }
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store, 'readwrite').objectStore(store)
      for (const key of await done(rows.getAllKeys())) {
        const row = await done(rows.get(key))
        if (!pattern.test(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))))
          continue
        await done(rows.keyPath === null ? rows.put(changed(row), key) : rows.put(changed(row)))
      }
    }
    database.close()
  }
}
