/** The way from the gateways to a source, which can be broken while whoever revokes still reaches it. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export class Link {
  readonly #server: Server
  readonly #sockets: Set<Socket> = new Set()
  #state: 'open' | 'silent' | 'cut' = 'open'

  private constructor(server: Server, target: number) {
    this.#server = server
    server.on('connection', (from) => {
      if (this.#state === 'cut') {
        from.destroy()
        return
      }
      const to = connect(target, '127.0.0.1')
      this.#join(from, to)
      this.#join(to, from)
      if (this.#state === 'silent') for (const socket of [from, to]) socket.pause()
    })
  }

  static async to(target: number): Promise<Link> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Link(server, target)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Connections stay, and nothing comes through them, in either direction. */
  silence(): void {
    this.#state = 'silent'
    for (const socket of this.#sockets) socket.pause()
  }

  /** Connections are reset, and new ones too. */
  cut(): void {
    this.#state = 'cut'
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  open(): void {
    this.#state = 'open'
    for (const socket of this.#sockets) socket.resume()
  }

  async end(): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.on('data', (piece) => to.write(piece))
    from.on('error', () => {})
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}
