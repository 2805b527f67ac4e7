/** What keys of etcd bar, as they come and go: several may name the same. */
import type { FedEntry, NamedSink } from '../capabilities/revocation-feed.ts'
import { entryOf } from '../etcd/etcd-keys.ts'
import type { KeyValue } from '../etcd/etcd-page.ts'
import type { WatchEvent } from '../etcd/watch-message.ts'
import { identityOf } from '../feeds/written-entry.ts'
import { SharedNames } from './shared-names.ts'

export class BarringKeys {
  readonly #prefix: string
  readonly #sink: NamedSink
  readonly #shared: SharedNames = new SharedNames()

  constructor(prefix: string, sink: NamedSink) {
    this.#prefix = prefix
    this.#sink = sink
  }

  /** All keys must be read again. */
  get owing(): boolean {
    return this.#shared.owing
  }

  /** All keys are read from the start, as `SharedNames` says. */
  clear(isCertain: boolean): void {
    this.#shared.clear(isCertain)
  }

  /** One of all keys. */
  put(pair: KeyValue): void {
    const entry = this.#entryOf(pair)
    if (entry !== null) this.#putBeside(entry)
  }

  /** A key was written, or deleted. */
  change({ deleted, created, pair, before }: WatchEvent): void {
    if (before === null && !created) this.#hasLost(pair)
    if (deleted) return before === null ? undefined : this.#gone(before)
    const entry = this.#entryOf(pair)
    if (entry === null) return
    // Who writes an end that is over takes back what the key said.
    if (this.#sink.hasEnded(entry)) return before === null ? undefined : this.#gone(before)
    const known = before === null ? undefined : entryOf(before, this.#prefix)
    const isAnother = known !== undefined && known !== 'other' && identityOf(known) !== identityOf(entry)
    if (created || isAnother) this.#putBeside(entry)
    else if (this.#shared.has(entry)) this.#sink.putBeside(entry)
    else this.#sink.put(entry)
    if (before !== null && isAnother) this.#gone(before)
  }

  /** A key that did not name it before. */
  #putBeside(entry: FedEntry): void {
    if (this.#sink.putBeside(entry)) this.#shared.add(entry)
  }

  #gone(pair: KeyValue): void {
    const entry = entryOf(pair, this.#prefix)
    if (entry === undefined || entry === 'other' || this.#shared.drop(entry)) return
    // One that has ended was not counted beside another that names the same.
    if (!this.#sink.hasEnded(entry)) this.#sink.remove(entry)
  }

  /** etcd has forgotten what the key said before: compaction was quicker than the watch. */
  #hasLost(pair: KeyValue): void {
    if (entryOf(pair, this.#prefix) !== 'other') this.#shared.owing = true
  }

  /** `null` where it bars nothing. */
  #entryOf(pair: KeyValue): FedEntry | null {
    const entry = entryOf(pair, this.#prefix)
    if (entry === undefined) this.#sink.rejected()
    return entry === undefined || entry === 'other' ? null : entry
  }
}
