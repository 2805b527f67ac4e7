/** A connection whose TLS handshake goes on: it counts as a connection, and has as long as a request's head. */
import type { Socket } from 'node:net'
import type { ClientSession } from './client-session.ts'

export class TlsHandshake implements ClientSession {
  readonly busy: number = 0
  readonly #socket: Socket
  readonly #expired: () => void
  #deadline: number

  /** `deadline`: monotonic milliseconds; `expired` is called when it has passed. */
  constructor(socket: Socket, deadline: number, expired: () => void) {
    this.#socket = socket
    this.#deadline = deadline
    this.#expired = expired
  }

  sweep(now: number): void {
    if (now < this.#deadline) return
    this.#deadline = Number.POSITIVE_INFINITY
    this.#expired()
    this.#socket.destroy()
  }

  /** What has not even begun to ask is not waited for. */
  stop(): void {
    this.#socket.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
