/**
 * Which worker threads turn over. Each adds to its word in shared memory as it does; the main thread looks about as often. Looks are
 * counted, not time: when the whole process was held up, nobody hangs.
 */

/** Looks without a beat, a quarter of a second each: after 5 seconds a thread is stuck, after 10 it hangs; one that starts has 30. */
const stuckAfter = 20
const hungAfter = 40
const neverStarted = 120

export class Heartbeats {
  readonly buffer: SharedArrayBuffer
  readonly #beats: Int32Array
  readonly #seen: Int32Array
  readonly #missed: Int32Array

  constructor(threads: number) {
    this.buffer = new SharedArrayBuffer(threads * Int32Array.BYTES_PER_ELEMENT)
    this.#beats = new Int32Array(this.buffer)
    this.#seen = new Int32Array(threads)
    this.#missed = new Int32Array(threads)
  }

  /** A new thread begins. */
  begin(index: number): void {
    this.#missed[index] = 0
  }

  /** To be called four times a second. */
  look(index: number, starting: boolean): 'turns-over' | 'hangs' {
    const beats = Atomics.load(this.#beats, index)
    this.#missed[index] = beats === this.#seen[index] ? this.#missed[index]! + 1 : 0
    this.#seen[index] = beats
    return this.#missed[index]! >= (starting ? neverStarted : hungAfter) ? 'hangs' : 'turns-over'
  }

  stuck(index: number): boolean {
    return this.#missed[index]! >= stuckAfter
  }
}
