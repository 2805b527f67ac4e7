/** A text that one thread writes and all read, in memory that they share. It grows at its end, or is another one, which its version says. */
const versionAt = 0
const lengthAt = 1
const headBytes = 8

/** How much of a text is known. */
export type Place = { readonly version: number; readonly length: number }

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

  /** Bytes of the longest text. */
  get room(): number {
    return this.#bytes.length
  }

  /** Bytes of the text. */
  get length(): number {
    return Atomics.load(this.#head, lengthAt)
  }

  /** Odd while another text is written. */
  get #version(): number {
    return Atomics.load(this.#head, versionAt)
  }

  /** Whether there is nothing more than this. */
  ends({ version, length }: Place): boolean {
    return this.#version === version && this.length === length
  }

  /** For the one writer: another text. Returns false, and leaves what was there, where it is too long. */
  write(text: string): boolean {
    const bytes = Buffer.from(text)
    if (bytes.length > this.room) return false
    // A writer before this one may have died while it wrote.
    const version = this.#version | 1
    Atomics.store(this.#head, versionAt, version)
    this.#bytes.set(bytes)
    Atomics.store(this.#head, lengthAt, bytes.length)
    Atomics.store(this.#head, versionAt, (version + 1) | 0)
    return true
  }

  /** For the one writer: more at the end. Returns false where there is no room, or no whole text. */
  append(text: string): boolean {
    const bytes = Buffer.from(text)
    const { length } = this
    if (length + bytes.length > this.room || (this.#version & 1) === 1) return false
    this.#bytes.set(bytes, length)
    Atomics.store(this.#head, lengthAt, length + bytes.length)
    return true
  }

  /** What stands behind `known`, or all of it where that is another text. `null` while one is written. */
  read(known: Place): { readonly text: string; readonly place: Place } | null {
    const version = this.#version
    if ((version & 1) === 1) return null
    const { length } = this
    const text = Buffer.from(this.#bytes.slice(version === known.version ? known.length : 0, length)).toString('utf8')
    return this.#version === version ? { text, place: { version, length } } : null
  }
}
