/**
 * Whether a client takes what is written to it. Only the sweep looks, so that the request path pays nothing; any progress will do, and
 * only a client that takes nothing at all for too long is given up.
 */
import type { Socket } from 'node:net'

export class WriteProgress {
  #flushed: number = 0
  #deadline: number = Number.POSITIVE_INFINITY

  /** True when bytes are waiting, and none has gone out for `patience` milliseconds. `now` is monotonic. */
  stalled(socket: Socket, now: number, patience: number): boolean {
    const waiting = socket.writableLength
    if (waiting === 0) {
      this.#deadline = Number.POSITIVE_INFINITY
      return false
    }
    const flushed = socket.bytesWritten - waiting
    if (flushed !== this.#flushed || this.#deadline === Number.POSITIVE_INFINITY) {
      this.#flushed = flushed
      this.#deadline = now + patience
    }
    return this.#deadline <= now
  }
}
