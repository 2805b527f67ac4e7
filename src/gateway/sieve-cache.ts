/**
 * A cache that is bounded in number and in bytes. When it is full, the SIEVE rule decides which entry goes (Zhang et al., NSDI 2024): a
 * hand walks from the oldest to the newest, spares once what was used since it last passed, and a look-up moves nothing. A flood of what
 * is used once does not push out what is in use.
 */

export type CacheBounds = { readonly entries: number; readonly bytes: number }

class Entry<Key, Value> {
  readonly key: Key
  readonly value: Value
  readonly bytes: number
  /** Set on use and cleared by the hand: entries in use stay. */
  recentlyUsed: boolean = false
  newer: Entry<Key, Value> | null = null
  older: Entry<Key, Value> | null = null

  constructor(key: Key, value: Value, bytes: number) {
    this.key = key
    this.value = value
    this.bytes = bytes
  }
}

export class SieveCache<Key, Value> {
  readonly #bounds: CacheBounds
  readonly #byKey: Map<Key, Entry<Key, Value>> = new Map()
  readonly #removed: (key: Key) => void
  #bytes: number = 0
  #newest: Entry<Key, Value> | null = null
  #oldest: Entry<Key, Value> | null = null
  #hand: Entry<Key, Value> | null = null

  /** `removed`: is told of all that goes, for whatever reason. */
  constructor(bounds: CacheBounds, removed: (key: Key) => void = () => {}) {
    this.#bounds = bounds
    this.#removed = removed
  }

  get entries(): number {
    return this.#byKey.size
  }

  get bytes(): number {
    return this.#bytes
  }

  has(key: Key): boolean {
    return this.#byKey.has(key)
  }

  find(key: Key): Value | undefined {
    const entry = this.#byKey.get(key)
    if (entry === undefined) return undefined
    entry.recentlyUsed = true
    return entry.value
  }

  /** Takes the place of what was there for the key. What is larger than the whole cache is not kept. */
  set(key: Key, value: Value, bytes: number): void {
    this.delete(key)
    const entry = new Entry(key, value, bytes)
    while (this.#byKey.size >= this.#bounds.entries || this.#bytes + bytes > this.#bounds.bytes) {
      if (!this.#evict()) return
    }
    this.#byKey.set(key, entry)
    this.#bytes += bytes
    entry.older = this.#newest
    if (this.#newest !== null) this.#newest.newer = entry
    this.#newest = entry
    this.#oldest ??= entry
  }

  delete(key: Key): void {
    const entry = this.#byKey.get(key)
    if (entry !== undefined) this.#remove(entry)
  }

  /** Deletes every entry for whose value that is true. */
  deleteWhere(matches: (value: Value) => boolean): void {
    for (let entry = this.#oldest; entry !== null; entry = entry.newer) {
      if (matches(entry.value)) this.#remove(entry)
    }
  }

  /** Returns false when there is nothing to forget. */
  #evict(): boolean {
    let candidate = this.#hand ?? this.#oldest
    while (candidate?.recentlyUsed) {
      candidate.recentlyUsed = false
      candidate = candidate.newer ?? this.#oldest
    }
    if (candidate === null) return false
    this.#hand = candidate
    this.#remove(candidate)
    return true
  }

  #remove(entry: Entry<Key, Value>): void {
    if (this.#hand === entry) this.#hand = entry.newer
    if (entry.newer === null) this.#newest = entry.older
    else entry.newer.older = entry.older
    if (entry.older === null) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    this.#byKey.delete(entry.key)
    this.#bytes -= entry.bytes
    this.#removed(entry.key)
  }
}
