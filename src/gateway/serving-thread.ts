/** What a thread that serves requests has to know of the others. */

/**
 * Memory that a capability has in common with itself in all threads of the process: the buffer of that name, which the first that asks
 * makes. A buffer outlives the thread that made it.
 */
export type SharedMemory = (name: string, make: () => SharedArrayBuffer) => SharedArrayBuffer

export type ServingThread = {
  /** From 0 to count - 1. */
  readonly index: number
  readonly count: number
  readonly shared: SharedMemory
  /** Client connections of the whole process. */
  readonly connections: ConnectionPlaces
  /** Called a few times a second for as long as the thread turns over. */
  readonly turnedOver: () => void
}

/** The places for client connections, counted over all threads and for each, so that those of a thread that died can be given back. */
export class ConnectionPlaces {
  readonly #maximum: number
  /** All taken places, then those of each thread. */
  readonly #taken: Int32Array
  readonly #own: number

  constructor(maximum: number, taken: Int32Array, thread: number) {
    this.#maximum = maximum
    this.#taken = taken
    this.#own = thread + 1
  }

  /** Bytes for this many threads. */
  static bytes(threads: number): number {
    return (threads + 1) * Int32Array.BYTES_PER_ELEMENT
  }

  /** False when all places are taken. */
  take(): boolean {
    if (Atomics.add(this.#taken, 0, 1) < this.#maximum) {
      Atomics.add(this.#taken, this.#own, 1)
      return true
    }
    Atomics.sub(this.#taken, 0, 1)
    return false
  }

  free(): void {
    Atomics.sub(this.#taken, this.#own, 1)
    Atomics.sub(this.#taken, 0, 1)
  }

  /** Gives back all places of this thread, which is gone. */
  freeAll(): void {
    Atomics.sub(this.#taken, 0, Atomics.exchange(this.#taken, this.#own, 0))
  }
}

/** The only thread of a process. */
export function onlyThread(maximumConnections: number): ServingThread {
  const memory = new Map<string, SharedArrayBuffer>()
  return {
    index: 0,
    count: 1,
    shared: (name, make) => {
      const buffer = memory.get(name) ?? make()
      memory.set(name, buffer)
      return buffer
    },
    connections: new ConnectionPlaces(maximumConnections, new Int32Array(2), 0),
    turnedOver: () => {},
  }
}

/** A thread's part of what is divided among all; the parts together are the whole. */
export function shareOf(whole: number, { index, count }: { readonly index: number; readonly count: number }): number {
  return Math.floor(whole / count) + (index < whole % count ? 1 : 0)
}
