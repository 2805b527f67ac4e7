/** A service on this machine, over http or https, that answers as a test says. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** @param secure `null` for plain http. */
export async function service(t: TestContext, secure: ServerOptions | null, answer: Answer): Promise<{ server: Server; url: URL }> {
  const server = secure === null ? createServer(answer) : createSecureServer(secure, answer)
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, url: new URL(`${secure === null ? 'http' : 'https'}://127.0.0.1:${port}/ask`) }
}
