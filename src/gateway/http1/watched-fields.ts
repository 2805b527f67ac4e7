/**
 * Field names that the engine must notice while it scans a head, found by length first so that an ordinary name costs one or two
 * comparisons. Names fold case and take `_` for `-`: a backend that reads `Transfer_Encoding` as `Transfer-Encoding` must never see one.
 */
import { foldName } from './characters.ts'

export type WatchedField = {
  /** Lower-case. */
  readonly name: string
  /** Position in the head's arrays of watched values. */
  readonly slot: number
  /** Whether the line is left out of what is forwarded. */
  readonly dropped: boolean
}

export class WatchedFields {
  readonly count: number
  readonly #byLength: readonly (readonly WatchedField[] | undefined)[]

  constructor(fields: readonly Omit<WatchedField, 'slot'>[]) {
    const byLength: WatchedField[][] = []
    fields.forEach((field, slot) => {
      const sameLength = byLength[field.name.length] ?? []
      sameLength.push({ ...field, slot })
      byLength[field.name.length] = sameLength
    })
    this.#byLength = Array.from(byLength)
    this.count = fields.length
  }

  /** The watched field whose name is `text[start, end)`, or undefined. */
  find(text: string, start: number, end: number): WatchedField | undefined {
    const candidates = this.#byLength[end - start]
    if (candidates === undefined) return undefined
    for (const candidate of candidates) {
      if (sameName(candidate.name, text, start)) return candidate
    }
    return undefined
  }
}

function sameName(name: string, text: string, start: number): boolean {
  for (let index = 0; index < name.length; index++) {
    if (foldName[text.charCodeAt(start + index)] !== name.charCodeAt(index)) return false
  }
  return true
}
