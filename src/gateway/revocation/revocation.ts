/**
 * The capability `revocation`: whether a good credential has been revoked. What is revoked is in memory that all threads share. The first
 * thread writes what snapshot and feeds say; what clients revoke through the gateway, each thread writes into a table of its own.
 */
import type { RevocationPlan } from '../../contract/plan/revocation.ts'
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { isJournal, replays } from '../../contract/revocation-entries.ts'
import type { RevocationCapability } from '../capabilities/revocation.ts'
import type { RevocationFeeds } from '../capabilities/revocation-feed.ts'
import type { KeptRevocations } from '../capabilities/revocation-persist.ts'
import type { PlainSurroundings } from '../capabilities/surroundings.ts'
import { HashTable } from '../hash-table/hash-table.ts'
import type { RevocationFigures } from '../observability/revocation-metrics.ts'
import type { ServingThread } from '../serving-thread.ts'
import { FeedSink } from './feed-sink.ts'
import type { HashedEntry } from './keeper.ts'
import { Ledger } from './ledger.ts'
import { NameHash } from './name-hash.ts'
import { Pairing } from './pairing.ts'
import { RevocationState } from './revocation-state.ts'
import { SharedRevocations, type Tables } from './shared-revocations.ts'

/** Of all entries, those about clients and users: far fewer than tokens, and never under this. */
const shareOfClients = 1 / 16
const fewestClients = 10_000

/** The baked list is a source as any other. */
const snapshotSource = 0
const firstFeedSource = 1

/** Milliseconds between two looks for entries that bar nothing any more. */
const forgetEvery = 60_000

export const revocationCapability: RevocationCapability = async (surroundings, feeds, persist, readiness) => {
  const { plan, clock, metrics, thread } = surroundings
  const { revocation } = plan
  if (revocation === null) throw new Error('The plan has no revocation.')
  const kept = thread.index === 0 && revocation.persist !== null ? ((await persist?.(surroundings)) ?? null) : null
  const tables = openTables(plan, revocation, kept, surroundings)
  const { state, single, before, revokedHere } = tables
  const sinks: FeedSink[] = []
  metrics.revocation = {
    get entries() {
      return revokedHere.reduce((sum, { entries }) => sum + entries, single.entries + before.entries)
    },
    get bytes() {
      return revokedHere.reduce((sum, { bytes }) => sum + bytes, single.bytes + before.bytes)
    },
    get age() {
      return state.ageAt(clock.monotonic()) / 1000
    },
    get epoch() {
      return state.epoch
    },
    get keepingProblems() {
      return kept?.problems ?? null
    },
    get sources() {
      return sourcesOf(revocation, tables)
    },
    feeds: sinks,
  }
  const own = revokedHere[thread.index]
  if (own !== undefined && own.entries > 0) own.repair()
  const ownLedger = own === undefined ? null : new Ledger(state, tables.hash, own, before)
  // A clock that is set forward for a while makes nothing be forgotten: what has ended by it is needed when it is right again.
  const [begunAt, started] = [clock.now(), clock.monotonic()]
  const time = (): number => Math.min(clock.now(), begunAt + clock.monotonic() - started)
  const revocations = new SharedRevocations(tables, revocation.staleRules, clock, time, ownLedger)
  let sweptAt = clock.monotonic()
  const forget = (ledgers: readonly (Ledger | null)[]): void => {
    if (clock.monotonic() - sweptAt < forgetEvery) return
    sweptAt = clock.monotonic()
    for (const each of ledgers) each?.sweep(time)
  }
  revocations.everySweep = () => forget([ownLedger])
  // Before the first request.
  revocations.sweep()
  if (thread.index !== 0) return revocations
  const ledger = new Ledger(state, tables.hash, single, before, (source, more) => state.count(source, more))
  if (ledger.entries > 0) await ledger.takeOver()
  ledger.expect(revocation.snapshot.length)
  for (const entry of revocation.snapshot) ledger.put(entry, snapshotSource, clock.now(), true)
  if (state.full) throw new Error('the snapshot of what is revoked has more entries than limits.maxRevocations has room for')
  const known = kept === null ? () => state.complete : restored(kept, ledger, tables, revocation, surroundings)
  let isReady: boolean | null = null
  revocations.everySweep = () => {
    if (isReady !== true && isReady !== known()) {
      isReady = known()
      if (isReady) readiness.holds('revocation')
      else readiness.lacks('revocation', 'what is revoked is not known yet')
    }
    forget([ledger, ownLedger])
  }
  revocations.sweep()
  const pairing = new Pairing(
    revocation.feeds.map(({ kind }) => replays[kind]),
    (feed, time) => {
      state.confirm(feed, time)
      // Not all of it is there to be kept.
      if (!state.full) ledger.confirm(firstFeedSource + feed, clock.now() - (clock.monotonic() - time))
    },
  )
  for (const [feed, feedPlan] of revocation.feeds.entries()) {
    const adds = isJournal[feedPlan.kind]
    const around = { clock, warn: surroundings.warn, time }
    const sink = new FeedSink(around, ledger, state, pairing, feed, firstFeedSource + feed, adds, revocation.denies)
    sinks.push(sink)
    await open(feedPlan, sink, surroundings, feeds)
  }
  return revocations
}

function openTables(
  { operations }: GatewayPlan,
  { capacity, feeds }: RevocationPlan,
  kept: KeptRevocations | null,
  { shared, thread }: Pick<ServingThread, 'shared'> & { readonly thread: Pick<ServingThread, 'count'> },
): Tables {
  const writers = operations.some(({ keyManager }) => keyManager?.endpoint === 'revoke') ? thread.count : 0
  const state = new RevocationState(shared('revocation', () => RevocationState.make(feeds.length, kept?.hashKey ?? null)))
  // The file was exchanged while the process ran.
  if (kept !== null && !state.seed.every((byte, index) => byte === kept.hashKey[index]))
    throw new Error('the key in the folder for revocations is another one than when the gateway was started')
  const ofClients = Math.max(fewestClients, Math.ceil(capacity * shareOfClients))
  return {
    state,
    hash: new NameHash(state.seed),
    single: new HashTable(shared('revoked', () => HashTable.make(capacity))),
    before: new HashTable(shared('revoked-before', () => HashTable.make(ofClients))),
    revokedHere: Array.from(
      { length: writers },
      (_, index) => new HashTable(shared(`revoked-here-${index}`, () => HashTable.make(capacity))),
    ),
  }
}

/**
 * Takes over what was kept of each feed, and has it kept from now on. It is as old as it is: what feeds have not confirmed since counts from
 * the time that was kept with it. Returns whether enough is known to serve.
 */
function restored(
  { journals }: KeptRevocations,
  ledger: Ledger,
  { state }: Tables,
  { staleRules, feeds }: RevocationPlan,
  { clock }: Pick<PlainSurroundings, 'clock'>,
): () => boolean {
  const now = clock.now()
  for (const [feed, journal] of journals.entries()) {
    const source = firstFeedSource + feed
    const adds = isJournal[feeds[feed]!.kind]
    // A thread that wrote before and is gone has learned more than it could have kept.
    const isAhead = Number.isFinite(state.ageOf(feed, clock.monotonic()))
    const confirmedAt = journal.restore({
      expect: (entries) => ledger.expect(entries),
      put: (entry) => {
        if (!isAhead) ledger.restore(entry, source, now, adds)
      },
      remove: (entry) => {
        if (!isAhead) ledger.unrestore(entry, source)
      },
    })
    // With a clock that was set back nobody knows how old it is.
    const age = confirmedAt === null || confirmedAt > now ? Number.POSITIVE_INFINITY : now - confirmedAt
    const time = clock.monotonic()
    // Where another thread did so before, what it learned is newer.
    if (age < state.ageOf(feed, time)) state.confirm(feed, time - age)
    const kept = {
      get entries() {
        return state.entriesOf(source)
      },
      copy: (from: number, take: (entry: HashedEntry) => void) => ledger.copy(source, from, take),
    }
    journal.begin(kept, isAhead)
    ledger.keep(source, journal)
  }
  state.advance()
  const oldest = Math.max(...staleRules.map(({ after }) => after))
  return () => state.complete && state.ageAt(clock.monotonic()) <= oldest
}

/** As metrics name them. */
function sourcesOf({ feeds }: RevocationPlan, { state, revokedHere }: Tables): RevocationFigures['sources'] {
  return [
    { source: 'snapshot', entries: state.entriesOf(snapshotSource) },
    ...feeds.map((_, feed) => ({ source: String(feed), entries: state.entriesOf(firstFeedSource + feed) })),
    { source: 'gateway', entries: revokedHere.reduce((sum, { entries }) => sum + entries, 0) },
  ]
}

function open(plan: RevocationFeedPlan, sink: FeedSink, surroundings: PlainSurroundings, feeds: RevocationFeeds): Promise<void> {
  const missing = new Error(`a feed of kind ${plan.kind} is asked for, and this bundle has none`)
  switch (plan.kind) {
    case 'list':
      return feeds.list === undefined ? Promise.reject(missing) : feeds.list(plan, sink, surroundings)
    case 'etcd':
      return feeds.etcd === undefined ? Promise.reject(missing) : feeds.etcd(plan, sink, surroundings)
    case 'redis':
      return feeds.redis === undefined ? Promise.reject(missing) : feeds.redis(plan, sink, surroundings)
    case 'amqp':
      return feeds.amqp === undefined ? Promise.reject(missing) : feeds.amqp(plan, sink, surroundings)
    case 'amqp10':
      return feeds.amqp10 === undefined ? Promise.reject(missing) : feeds.amqp10(plan, sink, surroundings)
  }
}
