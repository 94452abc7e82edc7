import { defineConfig } from 'vite'
import { sharedWorkerChunks } from './shared-worker-chunks.ts'

export default defineConfig(({ command }) => ({
  // Wherever it is hosted, below whatever path.
  base: './',
  plugins: [sharedWorkerChunks()],
  // Dev runs on the packages' sources; the build on what users install.
  resolve: command === 'serve' ? { conditions: ['@x/source', 'module', 'browser', 'development'] } : {},
}))
