/** A key manager that answers about tokens as a test says (RFC 7662), and counts who asks. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Asked = {
  readonly path: string
  readonly authorization: string | undefined
  readonly form: URLSearchParams
  readonly body: string
}

type Answer = (response: ServerResponse, asked: Asked) => void

export class KeyManager {
  /** Every request that came, in order. */
  readonly asked: Asked[] = []
  readonly #server: Server
  readonly #known: Map<string, object> = new Map()
  /** In the place of what is known, where it is set. */
  answer: Answer | null = null

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#read(request, response)
    })
  }

  static async start(): Promise<KeyManager> {
    const manager = new KeyManager()
    manager.#server.listen(0, '127.0.0.1')
    await once(manager.#server, 'listening')
    return manager
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** A token that is active, with these claims besides; good for five minutes unless they say otherwise. */
  knows(token: string, claims: Readonly<Record<string, unknown>> = {}): void {
    const exp = Math.floor(Date.now() / 1000) + 300
    this.#known.set(token, { active: true, aud: 'shop', client_id: 'app', token_type: 'Bearer', exp, ...claims })
  }

  forgets(token: string): void {
    this.#known.delete(token)
  }

  /** How often somebody asked about the token. */
  countOf(token: string): number {
    return this.asked.filter(({ form }) => form.get('token') === token).length
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #read(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const part of request) body += part
    const asked = { path: request.url ?? '', authorization: request.headers.authorization, form: new URLSearchParams(body), body }
    this.asked.push(asked)
    if (this.answer !== null) this.answer(response, asked)
    else
      response
        .setHeader('Content-Type', 'application/json')
        .end(JSON.stringify(this.#known.get(asked.form.get('token') ?? '') ?? { active: false }))
  }
}
