/**
 * What stands, for all threads: lines that say what holds, and below them what has changed since. The thread that hears the Traffic Manager
 * writes a line for each change; every thread reads what it has not read yet.
 */
import { type Place, SharedText } from './shared-text.ts'
import { type Change, Standing } from './standing.ts'

/** Bytes of all lines. */
const mostBytes = 4 * 1024 * 1024

/** Bytes of lines that say what has changed, beyond which it is written what holds: as many as that took, and so many more. */
const fewestBytes = 64 * 1024

export class Board {
  readonly #text: SharedText
  #standing: Standing = new Standing(0)
  #place: Place = { version: 0, length: 0 }
  /** For the writer: bytes of what it has written as a whole. */
  #whole: number = 0

  constructor(buffer: SharedArrayBuffer) {
    this.#text = new SharedText(buffer)
  }

  static make(): SharedArrayBuffer {
    return SharedText.make(mostBytes)
  }

  /** As of now; it changes with the next look. */
  get standing(): Standing {
    if (!this.#text.ends(this.#place)) this.#readOn()
    return this.#standing
  }

  /** For the one writer: one thing more, or less, and the rest as it was. False where it is too much. */
  change(change: Change): boolean {
    if (this.#text.length <= 2 * this.#whole + fewestBytes && this.#text.append(lineOf(change))) return true
    const { standing } = this
    // What it was about before is no line any more.
    standing.apply(change)
    return this.replace(standing.changes())
  }

  /** For the one writer: this holds, and nothing else. False where it is too much: as much of it as there is room for holds then. */
  replace(changes: Iterable<Change>): boolean {
    const lines: string[] = []
    let bytes = 0
    let fits = true
    for (const change of changes) {
      const line = lineOf(change)
      bytes += Buffer.byteLength(line)
      fits = bytes <= this.#text.room
      if (!fits) break
      lines.push(line)
    }
    this.#text.write(lines.join(''))
    this.#whole = this.#text.length
    return fits
  }

  #readOn(): void {
    const read = this.#text.read(this.#place)
    if (read === null) return
    if (read.place.version !== this.#place.version) this.#standing = new Standing(this.#standing.version + 1)
    this.#place = read.place
    for (const line of read.text.split('\n')) if (line !== '') this.#standing.apply(JSON.parse(line) as Change)
  }
}

function lineOf(change: Change): string {
  return `${JSON.stringify(change)}\n`
}
