/** Where an issuer gives out its keys, over TLS; it can be down, and say what a test has it say. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Issued } from '../wire/authority.ts'

export class KeyServer {
  /** What it answers; `null`: it is out of order. */
  keySet: string | null = null
  asked: number = 0
  readonly #server: Server

  private constructor(issued: Issued) {
    this.#server = createServer(issued, (_request, response) => {
      this.asked++
      response.writeHead(this.keySet === null ? 503 : 200, { 'Content-Type': 'application/json' })
      response.end(this.keySet ?? '')
    })
  }

  /** On the loopback interface. */
  static async start(issued: Issued): Promise<KeyServer> {
    const own = new KeyServer(issued)
    own.#server.listen(0, '127.0.0.1')
    await once(own.#server, 'listening')
    return own
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}/jwks`
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
