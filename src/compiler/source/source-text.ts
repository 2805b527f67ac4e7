/** The text of a source file, which turns offsets into places. */
import type { Location } from './location.ts'

export class SourceText {
  /** Relative to the project folder. */
  readonly file: string
  readonly content: string
  #lineStarts: number[] | null = null

  constructor(file: string, content: string) {
    this.file = file
    this.content = content
  }

  /** @param offset in UTF-16 units, as in `content`. */
  locate(offset: number, pointer: string): Location {
    const starts = this.#lines()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { file: this.file, line: low + 1, column: offset - starts[low]! + 1, pointer }
  }

  #lines(): readonly number[] {
    if (this.#lineStarts === null) {
      const starts = [0]
      for (let at = this.content.indexOf('\n'); at !== -1; at = this.content.indexOf('\n', at + 1)) starts.push(at + 1)
      this.#lineStarts = starts
    }
    return this.#lineStarts
  }
}
