/** `pnpm --filter demo build:static`: the demo as files for any host, with a service worker in place of the server. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const common: InlineConfig = {
  root,
  mode: 'static',
  logLevel: 'error',
  resolve: { conditions: ['@x/source', 'module', 'browser'] },
}

export async function buildStatic(outDir: string): Promise<void> {
  await build({ ...common, build: { outDir, emptyOutDir: true } })
  const files = await filesBelow(outDir)
  const contents = await Promise.all(files.map(file => readFile(join(outDir, file))))
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content)
  await build({
    ...common,
    define: {
      // The page itself by the address that people open.
      FILES: JSON.stringify(files.map(file => (file === 'index.html' ? './' : file))),
      VERSION: JSON.stringify(hash.digest('hex').slice(0, 12)),
    },
    build: {
      outDir,
      emptyOutDir: false,
      lib: {
        entry: 'worker/service-worker.ts',
        formats: ['iife'],
        name: 'worker',
        fileName: () => 'service-worker.js',
      },
    },
  })
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
    .sort()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildStatic(join(root, 'dist-static'))
