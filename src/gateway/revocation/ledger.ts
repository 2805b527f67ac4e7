/**
 * The one writer of the tables: takes over what sources say, and remembers which of them says so. An entry is there for as long as some
 * source has it and what it bars could still be used.
 *
 * Each source has two tags. While its whole state is read, what it has gets one of them; at the end, what has only the other is the
 * source's no more. So entries that it has dropped meanwhile go, and none is missing in between.
 */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import { isDenied } from '../../contract/revocation-entries.ts'
import type { HashTable } from '../hash-table/hash-table.ts'
import type { ChangeEntry, TableEntry } from '../hash-table/shard-writer.ts'
import type { HashedEntry, Keeper } from './keeper.ts'
import { type Named, type NameHash, ofIssuer } from './name-hash.ts'
import { maximumSources, type RevocationState } from './revocation-state.ts'
import { SaidBefore, tagsOf } from './said-before.ts'

/** Values are seconds from this one on (in 2017), so that their 31 bits last until 2085; the largest is that of what never ends. */
const origin = 1_500_000_000
const forEver = 0x7fffffff

/**
 * Seconds for which an entry outlives what it bars: tokens are taken for as long as an issuer's clock skew after their expiry, which is ten
 * minutes at the most, and the gateway's clock may be behind the source's.
 */
const afterlife = 660

/** What `put` found: nothing of the source's; what it had before its state was begun, or has ended; what it has said already; or nothing was taken. */
export type Taken = 'new' | 'known' | 'again' | 'none'

export class Ledger {
  readonly #state: RevocationState
  readonly #count: (source: number, more: number) => void
  readonly #hash: NameHash
  /** Value: seconds since the epoch until which it counts. */
  readonly #single: HashTable
  /** Value: seconds since the epoch; what was issued earlier is revoked. */
  readonly #before: HashTable
  readonly #said: SaidBefore = new SaidBefore()
  readonly #turns: Uint8Array = new Uint8Array(maximumSources)
  /** 1 while the whole state of a source is read. */
  readonly #begun: Uint8Array = new Uint8Array(maximumSources)
  /** 1 where something of that state found no room. */
  readonly #lacked: Uint8Array = new Uint8Array(maximumSources)
  readonly #keepers: (Keeper | null)[] = new Array(maximumSources).fill(null)
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

  /** Before all else where another ledger wrote the tables and is gone: sources begin with their first tag. */
  async takeOver(): Promise<void> {
    const firstTags = 0x5555
    this.#single.repair()
    this.#before.repair()
    const change: ChangeEntry = (entry) => {
      entry.tags = (entry.tags | (entry.tags >> 1)) & firstTags
    }
    await walk(this.#single, change)
    await walk(this.#before, change)
  }

  /** From now on `keeper` is told of what the source has. */
  keep(source: number, keeper: Keeper): void {
    this.#keepers[source] = keeper
  }

  /** There will be so many entries, or some more. */
  expect(entries: number): void {
    this.#single.reserve(entries)
  }

  /**
   * The source has this entry. `now`: milliseconds since the epoch. `adds`: the source never takes anything back, or says this beside what it
   * has said, so that of the two, in whatever order, that counts which bars more.
   */
  put(entry: RevokedPlan, source: number, now: number, adds: boolean = false): Taken {
    if (hasEnded(entry, now)) return 'none'
    const taken = this.#take(this.#hashed(entry), source, adds, this.#keepers[source] ?? null, Math.floor(now / 1000) - origin)
    this.#state.advance()
    return taken
  }

  /** The source had this entry when the gateway ran last. `adds`: as with `put`. */
  restore(entry: HashedEntry, source: number, now: number, adds: boolean): void {
    if (endOfHashed(entry) > tableTime(now)) this.#take(entry, source, adds, null, 0)
  }

  /** The source has it no more. */
  remove(entry: RevokedPlan, source: number): void {
    const hashed = this.#hashed(entry)
    if (this.#drop(hashed, source)) this.#keepers[source]?.remove(hashed)
    this.#state.advance()
  }

  /** As `remove`, of what was there when the gateway ran last. */
  unrestore(entry: HashedEntry, source: number): void {
    this.#drop(entry, source)
  }

  /** The whole state of the source follows. One that was begun and not ended goes on. */
  begin(source: number): void {
    if (this.#begun[source] === 1) return
    this.#begun[source] = 1
    this.#lacked[source] = 0
    this.#turns[source] = 1 - this.#turns[source]!
  }

  /** It is read. Resolves when what it does not have is gone. */
  async end(source: number): Promise<void> {
    this.#begun[source] = 0
    await walk(this.#single, this.#dropsOld(source, false))
    await walk(this.#before, this.#dropsOld(source, true))
    if (this.#lacked[source] === 0) this.#state.setWhole(source)
    this.#state.advance()
  }

  /** Forgets what bars nothing any more. */
  async sweep(now: () => number): Promise<void> {
    await walk(this.#single, (entry) => {
      if (entry.value > tableTime(now())) return
      entry.value = 0
      for (let source = 0; source < maximumSources; source++) if ((entry.tags & tagsOf(source)) !== 0) this.#count(source, -1)
    })
    for (const { entry, source } of this.#said.all()) {
      if (entry.ends === 0 || entry.ends > tableTime(now())) continue
      this.#drop(entry, source)
      this.#keepers[source]?.remove(entry)
      this.#state.advance()
    }
  }

  /** The source said all that it knew at this time: milliseconds since the epoch. */
  confirm(source: number, time: number): void {
    this.#keepers[source]?.confirm(time)
  }

  /** How many entries there are about, of all sources. */
  get entries(): number {
    return this.#single.entries + this.#before.entries
  }

  /** Gives some of the entries of a source, from 0 on. Returns where to go on, or -1 at the end. */
  copy(source: number, from: number, take: (entry: HashedEntry) => void): number {
    const own = tagsOf(source)
    const givesFrom =
      (bars: boolean): ChangeEntry =>
      ({ first, second, third, tags, value }) => {
        if ((tags & own) === 0) return
        const said = bars ? this.#said.of({ first, second, third }, source) : undefined
        take(said ?? { bars, first, second, third, value, ends: 0 })
      }
    if (from < 0x10000) {
      const next = this.#single.walk(from, givesFrom(false))
      return next === -1 ? 0x10000 : next
    }
    const next = this.#before.walk(from - 0x10000, givesFrom(true))
    return next === -1 ? -1 : next + 0x10000
  }

  #dropsOld(source: number, bars: boolean): ChangeEntry {
    const old = 1 << (2 * source + 1 - this.#turns[source]!)
    const both = tagsOf(source)
    return (entry) => {
      if ((entry.tags & old) === 0) return
      entry.tags &= ~old
      const { first, second, third } = entry
      if ((entry.tags & both) === 0) {
        this.#count(source, -1)
        if (bars) this.#forget(entry, source)
        this.#keepers[source]?.remove({ bars, first, second, third, value: entry.value, ends: 0 })
      }
      if (entry.tags === 0) entry.value = 0
    }
  }

  /** `keeper` is told of what is new: that the source has it, or what it says of it. `now`: as a value. */
  #take(hashed: HashedEntry, source: number, adds: boolean, keeper: Keeper | null, now: number): Taken {
    const { bars, first, second, third } = hashed
    const own = 1 << (2 * source + this.#turns[source]!)
    const both = tagsOf(source)
    let taken: Taken = 'new'
    let isChanged = false
    let said = hashed
    const table = bars ? this.#before : this.#single
    const written = table.write(first, second, third, (entry) => {
      const hadEnded = bars ? endOfHashed(this.#said.of(hashed, source) ?? hashed) <= now : entry.value <= now
      if ((entry.tags & own) !== 0 && !hadEnded) taken = 'again'
      else if ((entry.tags & both) !== 0) taken = 'known'
      // Of what a source says twice in its whole state, that which bars more.
      const addsTo = adds || (this.#begun[source] === 1 && taken === 'again')
      if (bars && addsTo) said = this.#said.joined(hashed, source)
      const value = Math.max(said.value, bars ? this.#said.valueOf(entry, source) : this.#endOfOthers(entry, source, addsTo))
      isChanged = value !== entry.value
      entry.tags |= own
      entry.value = value
    })
    if (!written) {
      this.#lacked[source] = 1
      this.#state.setFull(source)
      return 'none'
    }
    if (bars && this.#said.say(said, source)) isChanged = true
    if (taken === 'new') this.#count(source, 1)
    if (taken === 'new' || isChanged) keeper?.put(said)
    return taken
  }

  /** When what several sources have ends, later than which none of them has it; with `addsTo`, what this one has counts as well. */
  #endOfOthers({ tags, value }: TableEntry, source: number, addsTo: boolean): number {
    return addsTo || (tags & ~tagsOf(source)) !== 0 ? value : 0
  }

  /** The source says it no more: what bars more because it did so bars less. */
  #forget(entry: TableEntry, source: number): void {
    this.#said.forget(entry, source)
    entry.value = this.#said.valueOf(entry, source)
  }

  /** Whether the source had said so before. */
  #drop({ bars, first, second, third }: HashedEntry, source: number): boolean {
    const both = tagsOf(source)
    let isKnown = false
    const table = bars ? this.#before : this.#single
    table.write(first, second, third, (entry) => {
      isKnown = (entry.tags & both) !== 0
      entry.tags &= ~both
      if (bars) this.#forget(entry, source)
      if (entry.tags === 0) entry.value = 0
    })
    if (isKnown) this.#count(source, -1)
    return isKnown
  }

  #hashed(entry: RevokedPlan): HashedEntry {
    const words = this.#hashOf(entry)
    const { before, expires } = entry
    const ends = before === null || expires === null ? 0 : tableTime(endOf(entry) * 1000)
    return { bars: before !== null, first: words[0]!, second: words[1]!, third: words[2]!, value: tableValue(entry), ends }
  }

  #hashOf({ kind, name, issuer }: Pick<RevokedPlan, 'kind' | 'name' | 'issuer'>): Int32Array {
    if (issuer === null) return this.#hash.of(kind, name)
    // A name of whatever kind and one of a token's own are different things.
    const named: Named = kind === 'token' ? 'issued-token' : kind
    if (this.#lastIssuer?.name !== issuer) this.#lastIssuer = { name: issuer, hash: this.#hash.of('issuer', issuer) }
    return ofIssuer(this.#hash.of(named, name), this.#lastIssuer.hash)
  }
}

function tableValue(entry: RevokedPlan): number {
  return tableTime((entry.before ?? endOf(entry)) * 1000)
}

/** Milliseconds since the epoch as a value, which is whole seconds: later rather than earlier, so that what is doubtful is barred. */
export function tableTime(milliseconds: number): number {
  return Math.min(Math.max(Math.ceil(milliseconds / 1000) - origin, 1), forEver)
}

/** Seconds since the epoch. Who is denied until some time may come again then. */
function endOf({ kind, expires }: RevokedPlan): number {
  if (expires === null) return Number.POSITIVE_INFINITY
  return isDenied(kind) ? expires : expires + afterlife
}

/** Whether it bars nothing any more. `now`: milliseconds since the epoch. */
export function hasEnded(entry: RevokedPlan, now: number): boolean {
  return endOf(entry) <= now / 1000
}

/** As a value. */
function endOfHashed({ bars, value, ends }: HashedEntry): number {
  if (!bars) return value
  return ends === 0 ? forEver : ends
}

/** In slices, between which requests have their turn. */
async function walk(table: HashTable, change: ChangeEntry): Promise<void> {
  for (let at = table.walk(0, change); at !== -1; at = table.walk(at, change)) await new Promise((resolve) => setImmediate(resolve))
}
