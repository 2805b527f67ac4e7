/**
 * Between the socket and the library: hands on whole frames, one at a time, and refuses one that is larger than was agreed, which the
 * library would collect for as long as it comes. What the library calls a socket is this.
 */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { type Pauses, pausesOf } from '../feeds/gathering.ts'

/** Bytes of a frame's head, and of the protocol header, which begins with these letters instead of a size. */
const headLength = 8
const protocolLetters = 0x414d5150

/** Emits `data` and `end` to the library. */
export class FrameGate extends EventEmitter {
  readonly #socket: Socket
  readonly #largest: number
  readonly #refused: () => void
  #rest: Buffer = Buffer.alloc(0)
  #pauses: Pauses | null = null

  /** `largest`: bytes of a frame. `refused` is told of one that is larger, or none. */
  constructor(socket: Socket, largest: number, refused: () => void) {
    super()
    this.#socket = socket
    this.#largest = largest
    this.#refused = refused
    socket.on('data', (piece: Buffer) => {
      this.#take(piece)
      this.#pauses?.after(piece.length)
    })
    socket.on('close', () => this.emit('end'))
  }

  /** From now on what comes densely is handed on together. */
  gather(): void {
    this.#pauses = pausesOf(this.#socket)
  }

  write(bytes: Uint8Array): boolean {
    return this.#socket.writable && this.#socket.write(bytes)
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  setNoDelay(): void {
    this.#socket.setNoDelay(true)
  }

  #take(piece: Buffer): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    let at = 0
    while (bytes.length - at >= headLength && !this.#socket.destroyed) {
      const size = this.#sizeAt(bytes, at)
      if (size < headLength || size > this.#largest) return this.#refuse()
      if (bytes.length - at < size) break
      this.emit('data', bytes.subarray(at, at + size))
      at += size
    }
    this.#rest = bytes.subarray(at)
  }

  #sizeAt(bytes: Buffer, at: number): number {
    const size = bytes.readUInt32BE(at)
    return size === protocolLetters ? headLength : size
  }

  #refuse(): void {
    this.#rest = Buffer.alloc(0)
    this.#refused()
    this.#socket.destroy()
  }
}
