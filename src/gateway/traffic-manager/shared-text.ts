/** A text that one thread writes and all read, in memory that they share. A version says when it is another one. */
const versionAt = 0
const lengthAt = 1
const headBytes = 8

export class SharedText {
  readonly #head: Int32Array
  readonly #bytes: Uint8Array

  /** `buffer`: of `make`, perhaps of another thread. */
  constructor(buffer: SharedArrayBuffer) {
    this.#head = new Int32Array(buffer, 0, headBytes / Int32Array.BYTES_PER_ELEMENT)
    this.#bytes = new Uint8Array(buffer, headBytes)
  }

  /** `bytes`: of the longest text. Memory is taken as it is used. */
  static make(bytes: number): SharedArrayBuffer {
    return new SharedArrayBuffer(headBytes + bytes)
  }

  /** Odd while it is written. */
  get version(): number {
    return Atomics.load(this.#head, versionAt)
  }

  /** For the one writer. Returns false, and leaves what was there, where the text is too long. */
  write(text: string): boolean {
    const bytes = Buffer.from(text)
    if (bytes.length > this.#bytes.length) return false
    // A writer before this one may have died while it wrote.
    const version = this.version | 1
    Atomics.store(this.#head, versionAt, version)
    this.#bytes.set(bytes)
    Atomics.store(this.#head, lengthAt, bytes.length)
    Atomics.store(this.#head, versionAt, (version + 1) | 0)
    return true
  }

  /** `null` while it is written. */
  read(): { readonly text: string; readonly version: number } | null {
    const version = this.version
    if ((version & 1) === 1) return null
    const text = Buffer.from(this.#bytes.slice(0, Atomics.load(this.#head, lengthAt))).toString('utf8')
    return this.version === version ? { text, version } : null
  }
}
