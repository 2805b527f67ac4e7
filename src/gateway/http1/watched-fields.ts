/**
 * Field names that the engine must notice while it scans a head, found by length first so that an ordinary name costs one or two
 * comparisons. Names fold case and take `_` for `-`: a backend that reads `Transfer_Encoding` as `Transfer-Encoding` must never see one.
 */
import { foldName } from './characters.ts'

const underscore = 0x5f

export class WatchedField {
  /** Position in the head's arrays of watched values. */
  readonly slot: number
  /** Whether the line is left out of what is forwarded. */
  readonly dropped: boolean
  /** Another watched field differs from this one in `_` and `-` only. */
  readonly hasTwin: boolean
  readonly #name: Uint8Array
  readonly #folded: Uint8Array

  constructor(name: string, slot: number, dropped: boolean, hasTwin: boolean) {
    this.#name = Buffer.from(name, 'latin1')
    this.#folded = this.#name.map((code) => foldName[code]!)
    this.slot = slot
    this.dropped = dropped
    this.hasTwin = hasTwin
  }

  /** Whether the name at `start`, which has the right length, folds to this one. */
  matches(bytes: Buffer, start: number): boolean {
    const folded = this.#folded
    for (let index = 0; index < folded.length; index++) {
      if (foldName[bytes[start + index]!] !== folded[index]) return false
    }
    return true
  }

  /** Of a name that matches: whether it really has this spelling, and is not a look-alike with `_` or `-` in the other's place. */
  exactly(bytes: Buffer, start: number): boolean {
    const name = this.#name
    for (let index = 0; index < name.length; index++) {
      if ((bytes[start + index] === underscore) !== (name[index] === underscore)) return false
    }
    return true
  }
}

export type NamedField = { readonly name: string; readonly dropped: boolean }

export class WatchedFields {
  readonly count: number
  readonly #names: readonly string[]
  readonly #fields: readonly NamedField[]
  readonly #byLength: readonly (readonly WatchedField[] | undefined)[]

  /** Names in lower case; their order gives the slots. */
  constructor(fields: readonly NamedField[]) {
    const byLength: (WatchedField[] | undefined)[] = Array.from({ length: 65 })
    const folded = fields.map(({ name }) => name.replaceAll('_', '-'))
    fields.forEach(({ name, dropped }, slot) => {
      const hasTwin = folded.indexOf(folded[slot]!) !== folded.lastIndexOf(folded[slot]!)
      byLength[name.length] = [...(byLength[name.length] ?? []), new WatchedField(name, slot, dropped, hasTwin)]
    })
    this.#byLength = byLength
    this.count = fields.length
    this.#fields = fields
    this.#names = fields.map(({ name }) => name)
  }

  /** The same with further names in the slots behind, which are dropped. */
  and(further: readonly string[]): WatchedFields {
    return new WatchedFields([...this.#fields, ...further.map((name) => ({ name, dropped: true }))])
  }

  /** All values of a watched field in a well-formed head, in their order, without surrounding white space. */
  valuesIn(head: string, slot: number): readonly string[] {
    const start = `${this.#names[slot]}:`
    return head
      .split('\r\n')
      .slice(1)
      .filter((line) => line.slice(0, start.length).toLowerCase() === start)
      .map((line) => line.slice(start.length).replace(/^[ \t]+|[ \t]+$/g, ''))
  }

  /** The watched field whose name is `bytes[start, end)`, or undefined. */
  find(bytes: Buffer, start: number, end: number): WatchedField | undefined {
    const candidates = this.#byLength[end - start]
    if (candidates === undefined) return undefined
    let twin: WatchedField | undefined
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[index]!
      if (!candidate.matches(bytes, start)) continue
      if (!candidate.hasTwin || candidate.exactly(bytes, start)) return candidate
      twin = candidate
    }
    return twin
  }
}
