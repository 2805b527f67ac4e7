/** Connections to a gateway over TLS, one for each client certificate, opened again when they are closed. */
import type { ConnectionOptions } from 'node:tls'
import type { Answer, Client } from '../../wire/client.ts'
import { secureClient } from '../../wire/secure-client.ts'

export class Callers<Name extends string> {
  readonly #port: number
  readonly #identities: Readonly<Record<Name, ConnectionOptions>>
  readonly #open: Map<Name, Client> = new Map()

  constructor(port: number, identities: Readonly<Record<Name, ConnectionOptions>>) {
    this.#port = port
    this.#identities = identities
  }

  /** One request after the other for each name. */
  async ask(name: Name, text: string): Promise<Answer> {
    const client = this.#open.get(name) ?? (await secureClient(this.#port, this.#identities[name]))
    this.#open.set(name, client)
    const answer = await client.request(text)
    if (answer.message.field('connection')?.toLowerCase() === 'close') {
      this.#open.delete(name)
      await client.destroy()
    }
    return answer
  }

  async end(): Promise<void> {
    for (const client of this.#open.values()) await client.destroy()
    this.#open.clear()
  }
}
