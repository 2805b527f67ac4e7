/**
 * Slows down who guesses. Wrong passwords are counted for each user name and each address; the first few are free, and after each
 * further one the next is let in only after a pause, which doubles up to a minute. Names and addresses share a fixed number of cells by a
 * keyed hash: nobody can push anybody out, or tell by a pause which names exist.
 */
import crypto, { randomBytes } from 'node:crypto'

const cells = 16_384
/** Milliseconds. */
const firstPause = 1_000
const longestPause = 60_000
/** After so long without an attempt, all is forgotten. */
const forgetAfter = 900_000

export class Attempts {
  readonly #free: number
  readonly #counts: Uint32Array = new Uint32Array(cells)
  readonly #nextAt: Float64Array = new Float64Array(cells)
  readonly #secret: string = randomBytes(16).toString('hex')

  /** `free`: how many attempts there are before the first pause. */
  constructor(free: number) {
    this.#free = free
  }

  /** Milliseconds until an attempt is let in; 0 for now. Times are monotonic milliseconds. */
  pause(who: string, now: number): number {
    return Math.max(0, this.#nextAt[this.#cell(who)]! - now)
  }

  /** An attempt begins, which counts as wrong until it is forgiven: so many cannot be made at once. */
  begin(who: string, now: number): void {
    const cell = this.#cell(who)
    if (now - this.#nextAt[cell]! > forgetAfter) this.#counts[cell] = 0
    const count = ++this.#counts[cell]!
    const pause = count < this.#free ? 0 : Math.min(longestPause, firstPause * 2 ** Math.min(count - this.#free, 16))
    this.#nextAt[cell] = now + pause
  }

  /** It was right. */
  forgive(who: string, now: number): void {
    const cell = this.#cell(who)
    this.#counts[cell] = Math.max(0, this.#counts[cell]! - 1)
    this.#nextAt[cell] = Math.min(now, this.#nextAt[cell]!)
  }

  #cell(who: string): number {
    return Number.parseInt(crypto.hash('sha256', this.#secret + who, 'hex').slice(0, 8), 16) % cells
  }
}
