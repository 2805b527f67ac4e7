/**
 * What each source says of clients and users, whose tokens it bars up to a time: there are few of them. The table has the latest time of all
 * sources; when one of them says it no more, the others' must be known.
 */

import type { TableEntry } from '../hash-table/shard-writer.ts'
import type { HashedEntry } from './keeper.ts'
import { maximumSources } from './revocation-state.ts'

export type Said = { readonly entry: HashedEntry; readonly source: number }

type Hash = Pick<HashedEntry, 'first' | 'second' | 'third'>

export class SaidBefore {
  readonly #said: Map<string, Said> = new Map()

  all(): Iterable<Said> {
    return this.#said.values()
  }

  /** Undefined where the source says nothing, or a thread that wrote before this one knew. */
  of(hash: Hash, source: number): HashedEntry | undefined {
    return this.#said.get(keyOf(hash, source))?.entry
  }

  /** Whether it is something else than the source had said before. */
  say(entry: HashedEntry, source: number): boolean {
    const known = this.of(entry, source)
    if (known !== undefined && known.value === entry.value && known.ends === entry.ends) return false
    this.#said.set(keyOf(entry, source), { entry, source })
    return true
  }

  forget(hash: Hash, source: number): void {
    this.#said.delete(keyOf(hash, source))
  }

  /** Of what the source has said and now says as well: what bars more. */
  joined(entry: HashedEntry, source: number): HashedEntry {
    const known = this.of(entry, source)
    if (known === undefined) return entry
    const ends = known.ends === 0 || entry.ends === 0 ? 0 : Math.max(known.ends, entry.ends)
    return { ...entry, value: Math.max(known.value, entry.value), ends }
  }

  /** The latest time that its sources say, `except` one. Where nobody knows what one of them says, that of the table. */
  valueOf(entry: TableEntry, except: number): number {
    let latest = 0
    for (let source = 0; source < maximumSources; source++) {
      if (source === except || (entry.tags & tagsOf(source)) === 0) continue
      latest = Math.max(latest, this.of(entry, source)?.value ?? entry.value)
    }
    return latest
  }
}

/** Both of a source. */
export function tagsOf(source: number): number {
  return 3 << (2 * source)
}

function keyOf({ first, second, third }: Hash, source: number): string {
  return `${source} ${first} ${second} ${third >>> 16}`
}
