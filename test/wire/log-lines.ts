/** The log of a running gateway, as it comes. */
export type LogLine = Readonly<Record<string, unknown>>

type Waiting = { readonly fits: (line: LogLine) => boolean; readonly resolve: (line: LogLine) => void }

export class LogLines {
  /** Everything so far, as it was written. */
  text: string = ''
  #lines: LogLine[] = []
  #waiting: Waiting[] = []
  #unfinished: string = ''

  add(piece: string): void {
    this.text += piece
    const lines = (this.#unfinished + piece).split('\n')
    this.#unfinished = lines.pop() ?? ''
    for (const line of lines) this.#add(JSON.parse(line) as LogLine)
  }

  /** The first line that fits, among those that are here and those to come. */
  find(fits: (line: LogLine) => boolean): Promise<LogLine> {
    const found = this.#lines.find(fits)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve) => this.#waiting.push({ fits, resolve }))
  }

  get lines(): readonly LogLine[] {
    return this.#lines
  }

  forget(): void {
    this.#lines = []
    this.text = ''
  }

  #add(line: LogLine): void {
    this.#lines.push(line)
    this.#waiting = this.#waiting.filter(({ fits, resolve }) => {
      if (!fits(line)) return true
      resolve(line)
      return false
    })
  }
}
