import type { Plugin } from 'vite'

const WORKER = 'src/lab/tab-worker.ts'
const NAME = 'virtual:tab-worker'

/**
 * The address of the scenarios' worker, built together with the page: what both use of the packages is there once. (Vite
 * by itself builds each worker apart, with all that it uses.)
 */
export function sharedWorkerChunks(): Plugin {
  let isBuild = false
  return {
    name: 'shared-worker-chunks',
    configResolved({ command }) {
      isBuild = command === 'build'
    },
    resolveId: id => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return undefined
      if (!isBuild) return `export const tabWorker = '/${WORKER}'`
      const worker = this.emitFile({ type: 'chunk', id: WORKER })
      return `export const tabWorker = import.meta.ROLLUP_FILE_URL_${worker}`
    },
  }
}
