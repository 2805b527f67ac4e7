/** What was revoked through this gateway since a position of its ring. Many ask about the same stretch, one after another. */
import type { DroppedTokens } from '../dropped-tokens.ts'

export class DroppedSince {
  readonly #dropped: DroppedTokens
  #from: number = 0
  #to: number = 0
  /** `null`: it may be any. */
  #digests: ReadonlySet<string> | null = new Set()

  constructor(dropped: DroppedTokens) {
    this.#dropped = dropped
    this.#from = dropped.position
    this.#to = this.#from
  }

  get position(): number {
    return this.#dropped.position
  }

  /** Whether this token may be among what was added between two positions, of which the second is the newest one known. */
  includes(digest: string, from: number, to: number): boolean {
    if (from === to) return false
    if (from !== this.#from || to !== this.#to) {
      const digests = this.#dropped.since(from)
      this.#digests = digests === null ? null : new Set(digests)
      this.#from = from
      this.#to = to
    }
    return this.#digests === null || this.#digests.has(digest)
  }
}
