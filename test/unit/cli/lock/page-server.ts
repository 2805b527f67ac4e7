/** A server on this machine that answers as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export type Page = (request: IncomingMessage, answer: ServerResponse) => unknown

/** A server on this machine that keeps what it was asked. */
export async function server(t: TestContext, page: Page): Promise<{ readonly host: string; readonly asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const listening = createServer((request, answer) => {
    asked.push(request)
    page(request, answer)
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    listening.closeAllConnections()
    listening.close()
  })
  return { host: `127.0.0.1:${(listening.address() as AddressInfo).port}`, asked }
}
