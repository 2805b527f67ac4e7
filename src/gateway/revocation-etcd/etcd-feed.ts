/**
 * The capability `revocation-etcd`: keys of etcd, read once and then watched from the revision that was read. A watch that breaks goes on
 * where it was, at the next endpoint; where etcd has forgotten what came since, everything is read again.
 */
import type { EtcdFeedPlan } from '../../contract/plan/revocation-feed.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { NamedSink, RevocationFeedCapability, RevocationSink } from '../capabilities/revocation-feed.ts'
import type { Clock } from '../clock.ts'
import { EtcdClient } from '../etcd/etcd-client.ts'
import { etcdEndpoints } from '../etcd/etcd-endpoints.ts'
import { rangeEnd } from '../etcd/etcd-keys.ts'
import type { EtcdMoment, KeyValue, Page } from '../etcd/etcd-page.ts'
import { GrpcRanges } from '../etcd/grpc-ranges.ts'
import { GrpcWatch } from '../etcd/grpc-watch.ts'
import { HttpWatch } from '../etcd/http-watch.ts'
import type { WatchMessage } from '../etcd/watch-message.ts'
import { Backoff, pause } from '../feeds/backoff.ts'
import { feedLogin, openFeedClient } from '../feeds/feed-client.ts'
import { BarringKeys } from './barring-keys.ts'
import { begunAnew, QuestionedWatch, type WatchedKeys } from './questioned-watch.ts'
import { type WatchWay, WatchWays } from './watch-ways.ts'

/** Keys that are asked for at once. etcd counts all that are left with each page: with small ones it would spend its time with that. */
const mostKeys = 100_000

/** Where that is too much for one answer, or takes too long: keys may be long, and etcd slow. */
const fewestKeys = 500

/** Keys that are taken before requests have their turn. */
const slice = 500

/** Milliseconds after which everything is read again where there was no room for all of it, or nothing has shown that all has come. */
const readEvery = 60_000

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
  follow(feed, etcd, endpoints, sink, clock, ended.signal)
}

/** Until the gateway ends. Never rejects. */
async function follow(
  feed: EtcdFeed,
  etcd: EtcdClient,
  endpoints: readonly URL[],
  sink: RevocationSink,
  clock: Clock,
  ended: AbortSignal,
): Promise<void> {
  const backoff = new Backoff()
  const ways = endpoints.map(() => new WatchWays(clock))
  for (let turn = 0; !ended.aborted; turn++) {
    const index = turn % endpoints.length
    etcd.use(endpoints[index]!)
    const problem = await feed
      .follow(ways[index]!, ended, () => backoff.reset())
      .catch((error) => (error instanceof ServiceError ? error.reason : 'bug'))
    if (ended.aborted) return
    sink.failed(problem)
    await pause(backoff.next(), ended)
  }
}

class EtcdFeed implements WatchedKeys {
  readonly #etcd: EtcdClient
  readonly #prefix: string
  readonly #sink: NamedSink
  readonly #clock: Clock
  readonly #keys: BarringKeys
  /** Whether a reading was begun and not ended: the next one goes on with it. */
  #isReading: boolean = false
  #pageSize: number = mostKeys
  /** 0: nothing yet. */
  #revision: number = 0
  /** When everything was read, and when all was last known: monotonic milliseconds. */
  #readAt: number = 0
  #confirmedAt: number = 0
  /** When etcd was last known to be the one that was read. */
  #known: EtcdMoment = { cluster: '', term: 0, revision: 0 }

  constructor(etcd: EtcdClient, prefix: string, sink: NamedSink, clock: Clock) {
    this.#etcd = etcd
    this.#prefix = prefix
    this.#sink = sink
    this.#keys = new BarringKeys(prefix, sink)
    this.#clock = clock
  }

  get revision(): number {
    return this.#revision
  }

  /** From one endpoint, for as long as it goes well. Returns or rejects with why it does not. */
  async follow(ways: WatchWays, ended: AbortSignal, works: () => void): Promise<string> {
    let way = ways.best
    for (;;) {
      if (this.#revision === 0) {
        const speaksGrpc = await this.#readAll(ended)
        if (way === 'grpc' && !speaksGrpc) way = 'http'
      }
      const outcome = await this.#watch(way, ways, ended, works)
      if (ended.aborted) return 'ended'
      if (outcome === begunAnew) this.#sink.failed(begunAnew)
      if (outcome === 'compacted' || outcome === begunAnew || this.#isToBeRead(outcome)) this.#revision = 0
      else if (outcome !== 'renew' && outcome !== 'unproven') return outcome
    }
  }

  /** Of a watch that is to be followed by another one. */
  #isToBeRead(outcome: string): boolean {
    const isUnproven = outcome === 'unproven' && this.#clock.monotonic() - this.#confirmedAt > readEvery
    return isUnproven || ((outcome === 'renew' || outcome === 'unproven') && this.owes)
  }

  /** Whether the endpoint speaks gRPC. */
  async #readAll(ended: AbortSignal): Promise<boolean> {
    const session = await this.#etcd.openGrpc()
    const ranges = session === null ? null : new GrpcRanges(session)
    const close = (): void => ranges?.close()
    ended.addEventListener('abort', close)
    try {
      await this.#readPages(ranges)
    } finally {
      ended.removeEventListener('abort', close)
      close()
    }
    return session !== null
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
        this.#keys.clear(!this.#isReading)
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
    this.#readAt = asked
    this.confirm(asked)
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
      this.#keys.put(pair)
      if (++taken % slice === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async #watch(way: WatchWay, ways: WatchWays, ended: AbortSignal, works: () => void): Promise<string> {
    const session = way === 'grpc' ? await this.#etcd.openGrpc() : null
    const watch = session === null ? new HttpWatch(this.#etcd, way !== 'unasked') : new GrpcWatch(session)
    const questioned = new QuestionedWatch(this, watch, this.#clock, works)
    const outcome = await questioned.follow(`${this.#prefix}/`, rangeEnd(this.#prefix), ended)
    if (questioned.isMute) ways.failed(way === 'grpc' && session === null ? 'http' : way)
    return outcome
  }

  async askRevision(): Promise<number | null> {
    // What comes while it is asked may be of later.
    const { cluster, term, revision } = this.#known
    const page = await this.#etcd.range(`${this.#prefix}/`, `${this.#prefix}/\0`, 0, 1)
    if (page.cluster !== cluster || page.term < term || page.revision < revision) return null
    this.#known = { cluster, term: page.term, revision: Math.max(page.revision, this.#known.revision) }
    return page.revision
  }

  confirm(time: number): void {
    this.#confirmedAt = time
    this.#sink.confirm(time)
  }

  /** Now and then there may be room for what found none. */
  get owes(): boolean {
    return (this.#sink.lacksRoom || this.#keys.owing) && this.#clock.monotonic() - this.#readAt > readEvery
  }

  takeOver({ revision, events }: Extract<WatchMessage, { kind: 'events' }>): void {
    for (const event of events) if (event.revision > this.#revision) this.#keys.change(event)
    this.#revision = Math.max(this.#revision, revision)
    this.#known = { ...this.#known, revision: Math.max(this.#known.revision, revision) }
  }
}
