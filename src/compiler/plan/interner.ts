/** Gives equal values one index, in the order in which they are first met. */
import { canonicalJson, type Json } from './canonical.ts'

export class Interner<T extends Json> {
  readonly #indexes = new Map<string, number>()
  readonly #values: T[] = []

  indexOf(value: T): number {
    const key = canonicalJson(value)
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    this.#indexes.set(key, this.#values.length)
    return this.#values.push(value) - 1
  }

  get values(): readonly T[] {
    return this.#values
  }
}
