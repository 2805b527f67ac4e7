/** What has come of a request's body, for a request that may have to be sent again. Bounded. */

/** Bytes: what one exchange may keep. */
export const maximumKept: number = 256 * 1024

export class KeptBody {
  #pieces: Buffer[] = []
  #length: number = 0
  /** All of the body so far is here. */
  whole: boolean = true

  get pieces(): readonly Buffer[] {
    return this.#pieces
  }

  get full(): boolean {
    return this.#length > maximumKept
  }

  /** A copy: chunks are overwritten by the next read. */
  add(chunk: Buffer, start: number, end: number): void {
    this.#length += end - start
    this.#pieces.push(Buffer.from(chunk.subarray(start, end)))
  }

  /** It will not be needed again. */
  drop(): void {
    this.whole = false
    this.#pieces = []
  }
}
