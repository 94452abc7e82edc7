import { tabWorker } from 'virtual:tab-worker'
import { newId } from '../chat/new-id.ts'
import type { Answer, Command } from './tab-worker.ts'
import type { TabXray } from './tab-xray.ts'
import type { TabCommands, World } from './way.ts'

/** A tab of a scenario: a worker that does what it is told, until it is killed. */
export class Tab {
  readonly id: string = newId()
  readonly #worker: Worker
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #n = 0

  constructor(world: World, onRequest: () => void, onXray: (xray: TabXray) => void) {
    this.#worker = new Worker(tabWorker, { type: 'module', name: JSON.stringify(world) })
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data === 'request') return onRequest()
      if ('xray' in data) return onXray(data.xray)
      const { n, result, error } = data
      const waiting = this.#waiting.get(n)
      this.#waiting.delete(n)
      if (error === undefined) waiting?.resolve(result)
      else waiting?.reject(new Error(error))
    }
  }

  async do<Name extends keyof TabCommands>(
    name: Name,
    ...args: Parameters<TabCommands[Name]>
  ): Promise<Awaited<ReturnType<TabCommands[Name]>>> {
    const waiting = Promise.withResolvers<unknown>()
    const n = ++this.#n
    this.#waiting.set(n, waiting)
    this.#worker.postMessage([n, name, args] satisfies Command)
    return (await waiting.promise) as Awaited<ReturnType<TabCommands[Name]>>
  }

  /** Without a last word. What it was asked and has not answered stays open for ever. */
  kill(): void {
    this.#worker.terminate()
  }
}
