/**
 * What comes densely is read together. Being woken for each message costs a busy gateway several times what the message does, so after each
 * reading there is a pause, in which more gathers. What comes after a while is read at once.
 */
import type { Socket } from 'node:net'

/** Milliseconds of that pause: the first, and the longest where much has gathered in each. */
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
  #pieces: number = 0

  constructor(begin: () => void, end: () => void) {
    this.#begin = begin
    this.#end = end
  }

  /** So many bytes were read. */
  after(bytes: number): void {
    if (bytes >= backlog) return this.#drop()
    this.#pieces++
    if (this.#beginning !== null || this.#ending !== null) return
    this.#pieces = 1
    const isBehindPause = this.#hasEnded
    // What has gathered comes in two pieces, of which the first was read ahead. The second has come when this turn of the loop is over.
    this.#beginning = setImmediate(() => {
      this.#beginning = null
      this.#length = isBehindPause && this.#pieces > 1 ? longerPause(this.#length) : shortestPause
      this.#ending = setTimeout(() => this.#ended(), this.#length).unref()
      this.#begin()
    })
  }

  #ended(): void {
    this.#ending = null
    this.#hasEnded = true
    setImmediate(() => {
      this.#hasEnded = false
    })
    this.#end()
  }

  /** The one that is to begin. */
  #drop(): void {
    if (this.#beginning !== null) clearImmediate(this.#beginning)
    this.#beginning = null
  }
}

/** Those of a socket that flows. One that its reader has stopped has none, and nobody but the reader lets it go on. */
export function pausesOf(socket: Socket): Pauses {
  let isOurs = false
  return new Pauses(
    () => {
      isOurs = !socket.isPaused()
      if (isOurs) socket.pause()
    },
    () => {
      if (isOurs) socket.resume()
    },
  )
}
