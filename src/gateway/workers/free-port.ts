/** Threads share a port with whoever else asks to share it, a second gateway included; so that is looked at before. */
import { createServer } from 'node:net'

/** Rejects as `listen` does when somebody listens on the port, shared or not. */
export function isFree(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port }, () => server.close(() => resolve()))
  })
}
