import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createApp, type PageHandler } from './app.ts'
import { listen } from './listen.ts'
import { modelFromEnv } from './model-from-env.ts'
import { staticFiles } from './static-files.ts'
import { vitePage } from './vite-page.ts'

// Browsers keep conversations by origin: a port that stays the same keeps them from one start to the next.
const FAVOURITE_PORT = 4747

const root = fileURLToPath(new URL('..', import.meta.url))
const server = createServer()
const page: PageHandler = process.argv.includes('--dev') ? await vitePage(root, server) : staticFiles(`${root}dist`)
server.on('request', createApp(page, await modelFromEnv(process.env)))
const url = await listen(server, ports(process.env.PORT), process.env.HOST)
process.stdout.write(`\n  A chat you are invited to break: ${url}\n\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    server.closeAllConnections()
  })
}

function ports(value: string | undefined): number[] {
  if (!value) return [FAVOURITE_PORT, 0]
  const port = Number(value)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError(`\`PORT\` must be a whole number from 0 to 65535, got ${value}`)
  return [port]
}
