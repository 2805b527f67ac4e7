/**
 * The one writer of the tables: takes over what sources say, and remembers which of them says so. An entry is there for as long as some
 * source has it and what it bars could still be used.
 *
 * Each source has two tags. While its whole state is read, what it has gets one of them; at the end, what has only the other is the
 * source's no more. So entries that it has dropped meanwhile go, and none is missing in between.
 */
import type { RevokedPlan } from '../../contract/plan.ts'
import type { HashTable, TaggedValue } from './hash-table.ts'
import { type Named, type NameHash, ofIssuer } from './name-hash.ts'
import { maximumSources, type RevocationState } from './revocation-state.ts'

/** Values are seconds from this one on (in 2017), so that their 31 bits last until 2085; the largest is that of what never ends. */
const origin = 1_500_000_000
const forEver = 0x7fffffff

/**
 * Seconds for which an entry outlives what it bars: tokens are taken for as long as an issuer's clock skew after their expiry, which is ten
 * minutes at the most, and the gateway's clock may be behind the source's.
 */
const afterlife = 660

/** Places that are looked at before requests have their turn. */
const slice = 8192

export class Ledger {
  readonly #state: RevocationState
  readonly #count: (source: number, more: number) => void
  readonly #hash: NameHash
  /** Value: seconds since the epoch until which it counts. */
  readonly #single: HashTable
  /** Value: seconds since the epoch; what was issued earlier is revoked. */
  readonly #before: HashTable
  /** When entries of `#before` end that do: there are few of them. */
  readonly #ends: Map<string, { readonly entry: RevokedPlan; readonly source: number }> = new Map()
  readonly #turns: Uint8Array = new Uint8Array(maximumSources)
  /** 1 while the whole state of a source is read. */
  readonly #begun: Uint8Array = new Uint8Array(maximumSources)
  #lastIssuer: { readonly name: string; readonly hash: Int32Array } | null = null

  /** `count` is told that a source has so many more entries, or fewer. */
  constructor(
    state: RevocationState,
    hash: NameHash,
    single: HashTable,
    before: HashTable,
    count: (source: number, more: number) => void = () => {},
  ) {
    this.#state = state
    this.#count = count
    this.#hash = hash
    this.#single = single
    this.#before = before
  }

  /** There will be so many entries, or some more. */
  expect(entries: number): void {
    this.#single.reserve(entries)
  }

  /**
   * The source has this entry; whether that is new. `now`: milliseconds since the epoch. `adds`: the source never takes anything back, so that
   * of what it says twice, in whatever order, that counts which bars more.
   */
  put(entry: RevokedPlan, source: number, now: number, adds: boolean = false): boolean {
    const value = tableValue(entry)
    if (endOf(entry) <= now / 1000) return false
    const own = 1 << (2 * source + this.#turns[source]!)
    const others = ~tagsOf(source)
    let isNew = false
    // Of what several sources say, that which bars more.
    const change = (tags: number, known: number): TaggedValue => {
      isNew = (tags & ~others) === 0
      return { tags: tags | own, value: (tags & others) === 0 && !adds ? value : Math.max(known, value) }
    }
    if (entry.before !== null && !(adds && this.#lasts(entry, source))) {
      this.#ends.delete(keyOf(entry, source))
      if (entry.expires !== null) this.#ends.set(keyOf(entry, source), { entry, source })
    }
    if (!this.#write(entry, change) || !isNew) return false
    this.#count(source, 1)
    return true
  }

  /** The source has it no more. */
  remove(entry: RevokedPlan, source: number): void {
    const own = tagsOf(source)
    this.#ends.delete(keyOf(entry, source))
    this.#write(entry, (tags, value) => {
      if ((tags & own) !== 0) this.#count(source, -1)
      return { tags: tags & ~own, value: (tags & ~own) === 0 ? 0 : value }
    })
  }

  /** The whole state of the source follows. One that was begun and not ended goes on. */
  begin(source: number): void {
    if (this.#begun[source] === 1) return
    this.#begun[source] = 1
    this.#turns[source] = 1 - this.#turns[source]!
  }

  /** It is read. Resolves when what it does not have is gone. */
  async end(source: number): Promise<void> {
    const old = 1 << (2 * source + 1 - this.#turns[source]!)
    const change = (tags: number, value: number): TaggedValue => {
      if ((tags & old) === 0) return { tags, value }
      if ((tags & tagsOf(source)) === old) this.#count(source, -1)
      return { tags: tags & ~old, value: (tags & ~old) === 0 ? 0 : value }
    }
    this.#begun[source] = 0
    await walk(this.#single, change)
    await walk(this.#before, change)
    this.#state.advance()
  }

  /** Forgets what bars nothing any more. */
  async sweep(now: () => number): Promise<void> {
    await walk(this.#single, (tags, value) => {
      if (value > tableTime(now())) return { tags, value }
      for (let source = 0; source < maximumSources; source++) if ((tags & tagsOf(source)) !== 0) this.#count(source, -1)
      return { tags: 0, value: 0 }
    })
    for (const { entry, source } of this.#ends.values()) {
      if (endOf(entry) > now() / 1000) continue
      this.remove(entry, source)
    }
  }

  /** Whether the source has the like of it that ends later. */
  #lasts(entry: RevokedPlan, source: number): boolean {
    const known = this.#ends.get(keyOf(entry, source))
    return known !== undefined && endOf(known.entry) > endOf(entry)
  }

  /** False where there was no room. */
  #write(entry: RevokedPlan, change: (tags: number, value: number) => TaggedValue): boolean {
    const table = entry.before === null ? this.#single : this.#before
    const words = this.#hashOf(entry)
    const written = table.write(words[0]!, words[1]!, words[2]!, change)
    if (!written) this.#state.full = true
    this.#state.advance()
    return written
  }

  #hashOf({ kind, name, issuer }: Pick<RevokedPlan, 'kind' | 'name' | 'issuer'>): Int32Array {
    if (issuer === null) return this.#hash.of(kind, name)
    // A name of whatever kind and one of a token's own are different things.
    const named: Named = kind === 'token' ? 'issued-token' : kind
    if (this.#lastIssuer?.name !== issuer) this.#lastIssuer = { name: issuer, hash: this.#hash.of('issuer', issuer) }
    return ofIssuer(this.#hash.of(named, name), this.#lastIssuer.hash)
  }
}

/** Both of a source. */
function tagsOf(source: number): number {
  return 3 << (2 * source)
}

function tableValue({ before, expires }: RevokedPlan): number {
  const seconds = before ?? (expires === null ? Number.POSITIVE_INFINITY : expires + afterlife)
  return tableTime(seconds * 1000)
}

/** Milliseconds since the epoch as a value, which is whole seconds: later rather than earlier, so that what is doubtful is barred. */
export function tableTime(milliseconds: number): number {
  return Math.min(Math.max(Math.ceil(milliseconds / 1000) - origin, 1), forEver)
}

/** Seconds since the epoch. */
function endOf({ expires }: RevokedPlan): number {
  return expires === null ? Number.POSITIVE_INFINITY : expires + afterlife
}

function keyOf({ kind, name, issuer }: RevokedPlan, source: number): string {
  return JSON.stringify([source, kind, name, issuer])
}

async function walk(table: HashTable, change: (tags: number, value: number) => TaggedValue): Promise<void> {
  for (let at = table.walk(0, slice, change); at !== -1; at = table.walk(at, slice, change)) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
