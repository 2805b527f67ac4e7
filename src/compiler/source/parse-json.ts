/**
 * A strict JSON parser (RFC 8259) that keeps the place of every value, and reports duplicate keys with both places. JSON.parse keeps no
 * places and takes the last of two equal keys; the YAML library could read JSON, and needs half a minute for the largest definitions.
 */
import type { Diagnostics } from '../diagnostics.ts'
import { LocatedArray, LocatedEntry, type LocatedNode, LocatedObject, LocatedScalar, type Spot } from './located-nodes.ts'
import { maximumDepth } from './maximum-depth.ts'
import { addEntry } from './object-keys.ts'
import type { SourceNode } from './source-node.ts'
import { readOrReport, SourceProblem } from './source-problem.ts'
import type { SourceText } from './source-text.ts'

/** @returns `null` where the text is not JSON, which is reported: `malformed-json`, `file-too-large` or `too-deep`. */
export function parseJson(source: SourceText, diagnostics: Diagnostics): SourceNode | null {
  return readOrReport(diagnostics, () => new JsonParser(source, diagnostics).document())
}

type Parent = LocatedObject | LocatedArray | null

/** What must fit into memory. The largest public definitions, of 13 MB, have 260,000. */
const maximumValues = 1_000_000

const quote = 0x22
const backslash = 0x5c
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

class JsonParser {
  readonly #source: SourceText
  readonly #text: string
  readonly #diagnostics: Diagnostics
  #at = 0
  #depth = 0
  #values = 0

  constructor(source: SourceText, diagnostics: Diagnostics) {
    this.#source = source
    this.#text = source.content
    this.#diagnostics = diagnostics
  }

  document(): LocatedNode {
    this.#skipSpace()
    const root = this.#value(null, '')
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#fail('nothing may follow the document’s value', null, '')
    return root
  }

  #value(parent: Parent, step: string): LocatedNode {
    if (++this.#values > maximumValues) {
      throw new SourceProblem('file-too-large', `the file has over ${maximumValues} values`, this.#spot(this.#at, parent, step))
    }
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object(parent, step)
      case 0x5b:
        return this.#array(parent, step)
      case quote: {
        const offset = this.#at
        const value = this.#string(parent, step)
        return new LocatedScalar(this.#spot(offset, parent, step), value, this.#at)
      }
      default:
        return this.#numberOrWord(parent, step)
    }
  }

  #object(parent: Parent, step: string): LocatedObject {
    const node = new LocatedObject(this.#spot(this.#at, parent, step))
    this.#enter(parent, step)
    this.#skipSpace()
    if (this.#take(0x7d)) return this.#leave(node)
    for (;;) {
      const offset = this.#at
      if (this.#text.charCodeAt(offset) !== quote) this.#fail('a key in double quotes is expected', parent, step)
      const key = this.#string(node, '')
      this.#skipSpace()
      if (!this.#take(0x3a)) this.#fail('a colon is expected', node, key)
      this.#skipSpace()
      addEntry(node, key, new LocatedEntry(node, key, offset, this.#value(node, key)), this.#diagnostics)
      this.#skipSpace()
      if (this.#take(0x7d)) return this.#leave(node)
      if (!this.#take(0x2c)) this.#fail('a comma or } is expected', parent, step)
      this.#skipSpace()
    }
  }

  #array(parent: Parent, step: string): LocatedArray {
    const node = new LocatedArray(this.#spot(this.#at, parent, step))
    this.#enter(parent, step)
    this.#skipSpace()
    if (this.#take(0x5d)) return this.#leave(node)
    for (;;) {
      node.items.push(this.#value(node, String(node.items.length)))
      this.#skipSpace()
      if (this.#take(0x5d)) return this.#leave(node)
      if (!this.#take(0x2c)) this.#fail('a comma or ] is expected', parent, step)
      this.#skipSpace()
    }
  }

  #string(parent: Parent, step: string): string {
    const start = this.#at
    for (let at = start + 1; at < this.#text.length; at++) {
      const unit = this.#text.charCodeAt(at)
      if (unit === quote) {
        this.#at = at + 1
        return this.#text.slice(start + 1, at)
      }
      if (unit === backslash) return this.#stringWithEscapes(parent, step)
      if (unit < 0x20) this.#failAt(at, 'a control character in a string must be escaped', parent, step)
    }
    return this.#failAt(start, 'the string has no closing quote', parent, step)
  }

  /** Finds the string's end, and leaves its escapes to JSON.parse, which is strict about them and about control characters. */
  #stringWithEscapes(parent: Parent, step: string): string {
    const start = this.#at
    for (let at = start + 1; at < this.#text.length; at++) {
      const unit = this.#text.charCodeAt(at)
      if (unit === backslash) at++
      else if (unit === quote) {
        this.#at = at + 1
        try {
          const value: unknown = JSON.parse(this.#text.slice(start, at + 1))
          if (typeof value === 'string') return value
        } catch {
          break
        }
      }
    }
    return this.#failAt(start, 'the string holds a wrong escape or control character, or has no closing quote', parent, step)
  }

  #numberOrWord(parent: Parent, step: string): LocatedScalar {
    const offset = this.#at
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, offset)) {
        this.#at = offset + word.length
        return new LocatedScalar(this.#spot(offset, parent, step), value, this.#at)
      }
    }
    numberPattern.lastIndex = offset
    const number = numberPattern.exec(this.#text)?.[0]
    if (number === undefined) return this.#fail('a value is expected', parent, step)
    this.#at = offset + number.length
    return new LocatedScalar(this.#spot(offset, parent, step), Number(number), this.#at)
  }

  #enter(parent: Parent, step: string): void {
    if (++this.#depth > maximumDepth) {
      throw new SourceProblem('too-deep', `values are nested deeper than ${maximumDepth}`, this.#spot(this.#at, parent, step))
    }
    this.#at++
  }

  #leave<Node>(node: Node): Node {
    this.#depth--
    return node
  }

  #take(unit: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== unit) return false
    this.#at++
    return true
  }

  #skipSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at)
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
      this.#at++
    }
  }

  #fail(message: string, parent: Parent, step: string): never {
    return this.#failAt(this.#at, message, parent, step)
  }

  #failAt(offset: number, message: string, parent: Parent, step: string): never {
    throw new SourceProblem('malformed-json', message, this.#spot(offset, parent, step))
  }

  #spot(offset: number, parent: Parent, step: string): Spot {
    return { source: this.#source, parent, step, offset }
  }
}
