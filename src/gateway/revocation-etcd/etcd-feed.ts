/**
 * The capability `revocation-etcd`: keys of etcd, read once and then watched from the revision that was read. A watch that breaks goes on
 * where it was, at the next endpoint; where etcd has forgotten what came since, everything is read again.
 */
import type { EtcdFeedPlan } from '../../contract/plan/revocation-feed.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { FedEntry, NamedSink, RevocationFeedCapability, RevocationSink } from '../capabilities/revocation-feed.ts'
import type { Clock } from '../clock.ts'
import { EtcdClient } from '../etcd/etcd-client.ts'
import { etcdEndpoints } from '../etcd/etcd-endpoints.ts'
import { entryOf, rangeEnd } from '../etcd/etcd-keys.ts'
import type { EtcdMoment, KeyValue, Page } from '../etcd/etcd-page.ts'
import type { GrpcRanges } from '../etcd/grpc-ranges.ts'
import type { WatchEvent, WatchMessage } from '../etcd/watch-message.ts'
import { Backoff, pause } from '../feeds/backoff.ts'
import { feedLogin, openFeedClient } from '../feeds/feed-client.ts'
import { identityOf } from '../feeds/written-entry.ts'
import { SharedNames } from './shared-names.ts'

/** Keys that are asked for at once. etcd counts all that are left with each page: with small ones it would spend its time with that. */
const mostKeys = 100_000

/** Where that is too much for one answer, or takes too long: keys may be long, and etcd slow. */
const fewestKeys = 500

/** Keys that are taken before requests have their turn. */
const slice = 500

/** Milliseconds between two questions whether the endpoint still speaks for etcd. */
const beat = 2_000

/** Milliseconds after which a watch is begun anew: one that hangs in the network is found out by that at the latest. */
const watchLife = 60_000

/** It is not the etcd that was read, or it has lost what was: revisions of the one mean nothing to the other. */
const begunAnew = 'etcd has begun anew'

export const revocationEtcdCapability: RevocationFeedCapability<EtcdFeedPlan, NamedSink> = async (plan, sink, surroundings) => {
  const { values, clock, atEnd } = surroundings
  const { endpoints, secure } = etcdEndpoints(plan, values)
  const client = await openFeedClient(plan, secure, surroundings)
  const etcd = new EtcdClient(client, endpoints[0]!, feedLogin(plan, values))
  const ended = new AbortController()
  atEnd(() => {
    ended.abort()
    client.close()
  })
  const feed = new EtcdFeed(etcd, plan.prefix, sink, clock)
  follow(feed, etcd, endpoints, sink, ended.signal)
}

/** Until the gateway ends. Never rejects. */
async function follow(
  feed: EtcdFeed,
  etcd: EtcdClient,
  endpoints: readonly URL[],
  sink: RevocationSink,
  ended: AbortSignal,
): Promise<void> {
  const backoff = new Backoff()
  for (let turn = 0; !ended.aborted; turn++) {
    etcd.use(endpoints[turn % endpoints.length]!)
    const problem = await feed.follow(ended, () => backoff.reset()).catch((error) => (error instanceof ServiceError ? error.reason : 'bug'))
    if (ended.aborted) return
    sink.failed(problem)
    await pause(backoff.next(), ended)
  }
}

class EtcdFeed {
  readonly #etcd: EtcdClient
  readonly #prefix: string
  readonly #sink: NamedSink
  readonly #clock: Clock
  readonly #shared: SharedNames = new SharedNames()
  /** Whether a reading was begun and not ended: the next one goes on with it. */
  #isReading: boolean = false
  #pageSize: number = mostKeys
  /** Everything up to this one is taken over; 0: nothing yet. */
  #revision: number = 0
  /** When etcd was last known to be the one that was read. */
  #known: EtcdMoment = { cluster: '', term: 0, revision: 0 }

  constructor(etcd: EtcdClient, prefix: string, sink: NamedSink, clock: Clock) {
    this.#etcd = etcd
    this.#prefix = prefix
    this.#sink = sink
    this.#clock = clock
  }

  /** From one endpoint, for as long as it goes well. Returns or rejects with why it does not. */
  async follow(ended: AbortSignal, works: () => void): Promise<string> {
    for (;;) {
      if (this.#revision === 0) await this.#readAll(ended)
      const outcome = await this.#watch(ended, works)
      if (ended.aborted) return 'ended'
      if (outcome === begunAnew) this.#sink.failed(begunAnew)
      // Now and then there may be room for what found none.
      const owes = outcome === 'renew' && (this.#sink.lacksRoom || this.#shared.owing)
      if (owes || outcome === 'compacted' || outcome === begunAnew) this.#revision = 0
      else if (outcome !== 'renew') return outcome
    }
  }

  async #readAll(ended: AbortSignal): Promise<void> {
    const ranges = await this.#etcd.openRanges()
    const close = (): void => ranges?.close()
    ended.addEventListener('abort', close)
    try {
      await this.#readPages(ranges)
    } finally {
      ended.removeEventListener('abort', close)
      close()
    }
  }

  /** All as of one revision. */
  async #readPages(ranges: GrpcRanges | null): Promise<void> {
    const asked = this.#clock.monotonic()
    const end = rangeEnd(this.#prefix)
    let revision = 0
    let next: Promise<Page> | null = this.#page(ranges, Buffer.from(`${this.#prefix}/`), end, revision)
    while (next !== null) {
      const page: Page = await next
      if (page.revision === 0) throw new ServiceError('protocol')
      if (revision === 0) {
        this.#sink.begin(page.count)
        this.#shared.clear(!this.#isReading)
        this.#isReading = true
        this.#known = { cluster: page.cluster, term: page.term, revision: page.revision }
      }
      revision ||= page.revision
      // From the least key after the last one. It is on its way while this page is taken over.
      next = page.more ? this.#page(ranges, Buffer.concat([page.lastKey, Buffer.alloc(1)]), end, revision) : null
      next?.catch(() => {})
      await this.#putAll(page.pairs)
    }
    await this.#sink.end()
    this.#isReading = false
    this.#revision = revision
    this.#sink.confirm(asked)
  }

  async #page(ranges: GrpcRanges | null, from: Buffer, end: string, revision: number): Promise<Page> {
    for (;;) {
      try {
        const page = await ranges?.range(from, end, revision, this.#pageSize)
        return page ?? (await this.#etcd.range(from, end, revision, this.#pageSize))
      } catch (error) {
        const reason = error instanceof ServiceError ? error.reason : 'bug'
        if (this.#pageSize === fewestKeys || (reason !== 'too-large' && reason !== 'timeout')) throw error
        this.#pageSize = Math.max(fewestKeys, this.#pageSize >> 3)
        // It may be slow or gone: another endpoint has its turn, and is asked for less.
        if (reason === 'timeout') throw error
      }
    }
  }

  async #putAll(pairs: Iterable<KeyValue>): Promise<void> {
    let taken = 0
    for (const pair of pairs) {
      const entry = this.#entryOf(pair)
      if (entry !== null) this.#putBeside(entry)
      if (++taken % slice === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async #watch(ended: AbortSignal, works: () => void): Promise<string> {
    const stop = new AbortController()
    const signal = AbortSignal.any([ended, stop.signal, AbortSignal.timeout(watchLife)])
    let outcome = 'renew'
    let created = false
    const stopWith = (why: string): void => {
      if (signal.aborted) return
      outcome = why
      stop.abort()
    }
    const received = (message: WatchMessage): void => {
      if (message.kind === 'compacted' || message.kind === 'cancelled') return stopWith(message.kind)
      created = true
      works()
      if (message.kind === 'events') this.#takeOver(message)
    }
    this.#beat(signal, () => created, stopWith)
    await this.#etcd
      .watch(`${this.#prefix}/`, rangeEnd(this.#prefix), this.#revision + 1, signal, received)
      .then(() => stopWith('the watch ended'))
      .catch((error) => {
        if (!signal.aborted) stopWith(error instanceof ServiceError ? error.reason : 'bug')
      })
    return outcome
  }

  /** A watch says nothing while nothing happens. That the endpoint is in touch with the others, a question that needs them all shows. */
  async #beat(signal: AbortSignal, watching: () => boolean, stopWith: (why: string) => void): Promise<void> {
    while (!signal.aborted) {
      await pause(beat, signal)
      if (signal.aborted) return
      const asked = this.#clock.monotonic()
      try {
        const { cluster, term, revision } = this.#known
        const page = await this.#etcd.range(`${this.#prefix}/`, `${this.#prefix}/\0`, 0, 1)
        if (page.cluster !== cluster || page.term < term || page.revision < revision) return stopWith(begunAnew)
        this.#known = { cluster, term: page.term, revision: Math.max(page.revision, this.#known.revision) }
        if (watching() && !signal.aborted) this.#sink.confirm(asked)
      } catch (error) {
        stopWith(error instanceof ServiceError ? error.reason : 'bug')
      }
    }
  }

  #takeOver({ revision, events }: Extract<WatchMessage, { kind: 'events' }>): void {
    for (const event of events) this.#takeChange(event)
    this.#revision = Math.max(this.#revision, revision)
    this.#known = { ...this.#known, revision: Math.max(this.#known.revision, revision) }
  }

  #takeChange({ deleted, created, pair, before }: WatchEvent): void {
    if (deleted) return this.#gone(pair)
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

  /** `null` where it bars nothing. */
  #entryOf(pair: KeyValue): FedEntry | null {
    const entry = entryOf(pair, this.#prefix)
    if (entry === undefined) this.#sink.rejected()
    return entry === undefined || entry === 'other' ? null : entry
  }
}
