/** A token endpoint for the client credentials grant (RFC 6749 §4.4), which counts and checks what it is asked. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Asked = { readonly authorization: string | undefined; readonly form: URLSearchParams }

export class TokenEndpoint {
  readonly asked: Asked[] = []
  /** Seconds. */
  life: number = 3600
  /** What is answered in place of a token. */
  failure: { readonly status: number; readonly body: string } | null = null
  /** Answers wait for it. */
  held: Promise<void> | null = null
  readonly #server: Server

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      this.asked.push({ authorization: request.headers.authorization, form: new URLSearchParams(Buffer.concat(parts).toString()) })
      const token = this.token
      await this.held
      const { status, body } = this.failure ?? {
        status: 200,
        body: JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: this.life }),
      }
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(body)
    })
  }

  /** The last one that was given. */
  get token(): string {
    return `token-${this.asked.length}`
  }

  static async start(): Promise<TokenEndpoint> {
    const endpoint = new TokenEndpoint()
    endpoint.#server.listen(0, '127.0.0.1')
    await once(endpoint.#server, 'listening')
    return endpoint
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/token`
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
