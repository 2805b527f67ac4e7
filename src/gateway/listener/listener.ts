/** Accepts client connections, sweeps their deadlines, and ends them in order when the gateway stops. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { Http2ClientSession } from '../http2/client-session.ts'
import { ClientConnection } from './client-connection.ts'
import type { ClientSession, ListenerParts, SessionOwner } from './client-session.ts'
import { Peer } from './peer.ts'
import { TlsHandshake } from './tls-handshake.ts'
import type { TlsServer } from './tls-server.ts'
import { plainTransport, type Transport } from './transport.ts'

export class Listener implements SessionOwner {
  readonly #servers: Server[] = []
  readonly #connections: Set<ClientSession> = new Set()
  readonly #parts: ListenerParts
  draining: boolean = false
  #drained: (() => void) | null = null

  constructor(parts: ListenerParts) {
    this.#parts = parts
  }

  /** Resolves with the port once connections are accepted. */
  listen(host: string, port: number): Promise<number> {
    // allowHalfOpen: what a client that half-closes gets is decided by the connection, not by the socket.
    return this.#listen(host, port, true, (socket) => this.#open(socket, plainTransport))
  }

  /** The same for connections that begin with a TLS handshake. */
  listenSecurely(tls: TlsServer, host: string, port: number): Promise<number> {
    // Who ends the connection before the handshake has ended is gone, and only the socket sees it.
    return this.#listen(host, port, false, (accepted) => {
      const socket = tls.handshake(
        accepted,
        (secured, transport) => this.replace(handshake, this.#open(secured, transport)),
        () => this.connectionClosed(handshake),
      )
      const deadline = this.#parts.time.now + this.#parts.plan.timeouts.head
      const handshake = new TlsHandshake(socket, deadline, () => tls.expired(socket))
      return handshake
    })
  }

  #listen(host: string, port: number, allowHalfOpen: boolean, open: (socket: Socket) => ClientSession): Promise<number> {
    const server = createServer({ noDelay: true, allowHalfOpen }, (socket) => {
      // Reset before it was taken: what has come would still be read, and nobody could tell whose it is.
      if (socket.remoteAddress === undefined || !this.#parts.connections.take()) socket.destroy()
      else {
        this.#connections.add(open(socket))
        this.#parts.metrics.connectionOpened()
      }
    })
    this.#servers.push(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, backlog: 4096, reusePort: this.#parts.sharesPort }, () => {
        server.off('error', reject)
        server.on('error', (error: NodeJS.ErrnoException) =>
          this.#parts.log.event('error', 'listener-error', { code: error.code ?? 'unknown' }),
        )
        resolve((server.address() as AddressInfo).port)
      })
    })
  }

  /** The one place that chooses what speaks with a client. */
  #open(socket: Socket | TLSSocket, transport: Transport): ClientSession {
    if (!('alpnProtocol' in socket) || socket.alpnProtocol !== 'h2') return new ClientConnection(socket, transport, this.#parts, this)
    const peer = new Peer(socket.remoteAddress, transport, this.#parts.trustedProxies)
    return new Http2ClientSession(socket, null, peer, this.#parts, this)
  }

  replace(connection: ClientSession, by: ClientSession): void {
    this.#connections.delete(connection)
    this.#connections.add(by)
    if (this.draining) by.stop()
  }

  sweep(now: number): void {
    for (const connection of this.#connections) connection.sweep(now)
  }

  /** Requests being served now. */
  get busy(): number {
    let count = 0
    for (const connection of this.#connections) count += connection.busy
    return count
  }

  /**
   * Accepts nothing more, and resolves when the last connection has closed, with how many requests were cut because they were not
   * answered within `milliseconds`.
   */
  drain(milliseconds: number): Promise<number> {
    this.draining = true
    for (const server of this.#servers) server.close()
    return new Promise((resolve) => {
      let cut = 0
      const limit = setTimeout(() => {
        cut = this.busy
        for (const connection of this.#connections) connection.destroy()
      }, milliseconds)
      this.#drained = () => {
        clearTimeout(limit)
        resolve(cut)
      }
      for (const connection of this.#connections) connection.stop()
      this.#checkDrained()
    })
  }

  connectionClosed(connection: ClientSession): void {
    this.#connections.delete(connection)
    this.#parts.connections.free()
    this.#parts.metrics.connectionClosed()
    this.#checkDrained()
  }

  #checkDrained(): void {
    if (this.#connections.size === 0) this.#drained?.()
  }
}
