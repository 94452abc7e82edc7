import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on the first of the ports that is free (0 is any), and tells its address. */
export async function listen(server: Server, ports: readonly number[], host = '127.0.0.1'): Promise<string> {
  for (const [index, port] of ports.entries()) {
    try {
      server.listen(port, host)
      await once(server, 'listening')
      break
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!taken || index === ports.length - 1) throw error
    }
  }
  return `http://localhost:${(server.address() as AddressInfo).port}`
}
