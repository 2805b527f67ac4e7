/**
 * What comes densely is read together. Being woken for each message costs a busy gateway several times what the message does, so after each
 * reading there is a pause, in which more gathers. What comes after a while is read at once.
 */
import type { Socket } from 'node:net'

/** Milliseconds of that pause: the first, and the longest where there was something to read behind each. */
export const shortestPause = 5
const longestPause = 40

/** The one that follows. */
export function longerPause(pause: number): number {
  return Math.min(2 * pause, longestPause)
}

/** Bytes. A reading that brings more is of a backlog, and has no pause after it. */
const backlog = 16 * 1024

/**
 * For a connection that is read with pauses: Node leaves what comes meanwhile to the system, instead of being woken to read ahead. Over TLS
 * it reads ahead all the same.
 */
export const unhurried = { readableHighWaterMark: 1 } as const

export class Pauses {
  readonly #begin: () => void
  readonly #end: () => void
  #beginning: NodeJS.Immediate | null = null
  #ending: NodeJS.Timeout | null = null
  /** Milliseconds. */
  #length: number = shortestPause
  /** A pause has just ended: what is read now came in it. */
  #hasEnded: boolean = false

  constructor(begin: () => void, end: () => void) {
    this.#begin = begin
    this.#end = end
  }

  /** So many bytes were read. */
  after(bytes: number): void {
    if (bytes >= backlog) return this.#drop()
    if (this.#ending !== null) return
    this.#length = this.#hasEnded ? longerPause(this.#length) : shortestPause
    // What has gathered comes in two pieces, of which the first was read ahead. The second has come when this turn of the loop is over.
    this.#beginning = setImmediate(() => {
      this.#beginning = null
      this.#begin()
    })
    this.#ending = setTimeout(() => {
      this.#ending = null
      this.#hasEnded = true
      setImmediate(() => {
        this.#hasEnded = false
      })
      this.#end()
    }, this.#length).unref()
  }

  /** The one that is to begin. */
  #drop(): void {
    if (this.#beginning === null || this.#ending === null) return
    clearImmediate(this.#beginning)
    clearTimeout(this.#ending)
    this.#beginning = null
    this.#ending = null
  }
}

/** Those of a socket that flows. */
export function pausesOf(socket: Socket): Pauses {
  return new Pauses(
    () => socket.pause(),
    () => socket.resume(),
  )
}
