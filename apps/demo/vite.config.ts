import { defineConfig } from 'vite'

export default defineConfig(({ command }) => ({
  // Wherever it is hosted, below whatever path.
  base: './',
  // Dev runs on the packages' sources; the build on what users install.
  resolve: command === 'serve' ? { conditions: ['@x/source', 'module', 'browser', 'development'] } : {},
}))
