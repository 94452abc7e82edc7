import type { Server } from 'node:http'
import type { PageHandler } from './app.ts'

/** The page from its sources and the packages' sources, reloaded as they change. */
export async function vitePage(root: string, server: Server): Promise<PageHandler> {
  const { createServer } = await import('vite')
  const vite = await createServer({ root, server: { middlewareMode: true, hmr: { server } }, appType: 'spa' })
  server.on('close', () => void vite.close())
  return (request, response) =>
    new Promise((resolve, reject) => {
      response.on('close', resolve)
      vite.middlewares(request, response, (error: unknown) => (error ? reject(error) : resolve()))
    })
}
