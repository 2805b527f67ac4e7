/**
 * JSON texts of many megabytes that are lists, or objects of lists: read as JSON.parse would, some elements at a time, so that requests have
 * their turn in between. What stands around the lists is read at once, with a number in the place of what each of them holds.
 */

/** Bytes of elements that are parsed at once, and of what is around the lists. An element that is larger makes no sense, and is null. */
const slice = 131_072

/** Bytes that are looked at before requests have their turn. */
const look = 4 * slice

/** Bytes of JSON. */
const quote = 0x22
const comma = 0x2c
const openList = 0x5b
const backslash = 0x5c
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

/** Rejects where it is no JSON, or too much is around the lists. */
export async function parseInSlices(text: Buffer): Promise<unknown> {
  if (text.length <= slice) return JSON.parse(text.toString('utf8'))
  const scan = new Scan(text)
  while (scan.goOn()) await new Promise((resolve) => setImmediate(resolve))
  return scan.whole()
}

class Scan {
  readonly #text: Buffer
  readonly #lists: unknown[][] = []
  /** What is around the lists. */
  #frame: string = ''
  #at: number = 0
  #depth: number = 0
  #inText: boolean = false
  /** `null` outside of them. */
  #list: unknown[] | null = null
  /** Of what is in the present list. A list is the whole, or stands in an object that is. */
  #listDepth: number = 0
  #wholeIsObject: boolean = false
  /** Where what is not parsed yet begins; in a list, where its present element does. */
  #begin: number = 0
  #element: number = 0

  constructor(text: Buffer) {
    this.#text = text
  }

  /** Whether there is more to look at. */
  goOn(): boolean {
    const text = this.#text
    const end = Math.min(this.#at + look, text.length)
    while (this.#at < end) {
      const byte = text[this.#at++]
      if (this.#inText) {
        if (byte === backslash) this.#at++
        else if (byte === quote) this.#inText = false
      } else if (byte === quote) this.#inText = true
      else if (byte === openList || byte === openObject) this.#open(byte)
      else if (byte === closeList || byte === closeObject) this.#close()
      else if (byte === comma && this.#list !== null && this.#depth === this.#listDepth) this.#elementEnds(this.#list, this.#at - 1)
    }
    return this.#at < text.length
  }

  whole(): unknown {
    if (this.#list !== null) throw new SyntaxError('a list does not end')
    const frame: unknown = JSON.parse(this.#frame + this.#textIn(this.#begin, this.#text.length))
    if (typeof frame !== 'object' || frame === null) return frame
    if (Array.isArray(frame)) return this.#lists[0]
    return Object.fromEntries(
      Object.entries(frame).map(([name, value]) => [name, Array.isArray(value) ? this.#lists[Number(value[0])] : value]),
    )
  }

  #open(byte: number): void {
    if (this.#depth === 0) this.#wholeIsObject = byte === openObject
    const isOne = byte === openList && this.#depth === (this.#wholeIsObject ? 1 : 0)
    this.#depth++
    if (!isOne || this.#list !== null) return
    this.#frame += `${this.#textIn(this.#begin, this.#at)}${this.#lists.length}`
    this.#list = []
    this.#lists.push(this.#list)
    this.#listDepth = this.#depth
    this.#begin = this.#at
    this.#element = this.#at
  }

  #close(): void {
    const end = this.#at - 1
    if (this.#list !== null && this.#depth === this.#listDepth) {
      this.#take(this.#list, end, this.#list.length === 0 && this.#element === this.#begin)
      this.#list = null
      this.#begin = end
    }
    this.#depth--
  }

  #elementEnds(list: unknown[], end: number): void {
    if (end - this.#begin >= slice) this.#take(list, end, false)
    this.#element = this.#at
  }

  /** Elements up to there, behind which there is a comma or the end of the list. */
  #take(list: unknown[], end: number, mayBeEmpty: boolean): void {
    const isLarge = end - this.#element > slice
    const until = isLarge ? this.#element - 1 : end
    if (until >= this.#begin) {
      const elements: unknown[] = JSON.parse(`[${this.#textIn(this.#begin, until)}]`)
      if (elements.length === 0 && !mayBeEmpty) throw new SyntaxError('an element is missing')
      for (const element of elements) list.push(element)
    }
    if (isLarge) list.push(null)
    this.#begin = end + 1
  }

  #textIn(begin: number, end: number): string {
    if (this.#list === null && this.#frame.length + end - begin > slice) throw new RangeError('too much is around the lists')
    return this.#text.toString('utf8', begin, end)
  }
}
