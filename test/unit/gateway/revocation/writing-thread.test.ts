/** What the thread that writes remembers: of one that has died before it, of what was kept on disk, and for how long. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RevokedPlan } from '../../../../src/contract/plan/revocation.ts'
import type { ListFeedPlan } from '../../../../src/contract/plan/revocation-feed.ts'
import type { Revocable, Revocations } from '../../../../src/gateway/capabilities/revocation.ts'
import type { PolledSink, RevocationFeedCapability } from '../../../../src/gateway/capabilities/revocation-feed.ts'
import type { KeptJournal } from '../../../../src/gateway/capabilities/revocation-persist.ts'
import { type Clock, systemClock } from '../../../../src/gateway/clock.ts'
import type { HashedEntry } from '../../../../src/gateway/revocation/keeper.ts'
import { revocationCapability } from '../../../../src/gateway/revocation/revocation.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const lost: RevokedPlan = { kind: 'token', name: 'lost', issuer: null, before: null, expires: null }
const nothing: Revocable = {
  issuer: null,
  id: null,
  text: null,
  signature: null,
  otherSignature: null,
  client: null,
  user: null,
  key: null,
  apiKey: null,
  issuedAt: null,
}

/** A disk that has a record of whatever it was told. */
class Disk {
  readonly written: { readonly what: 'put' | 'remove'; readonly entry: HashedEntry }[] = []
  confirmedAt: number | null = null
  isAhead: boolean | null = null

  journal(): KeptJournal {
    return {
      restore: (taker) => {
        for (const { what, entry } of this.written) taker[what](entry)
        return this.confirmedAt
      },
      begin: (_, isAhead) => {
        this.isAhead = isAhead
      },
      put: (entry) => void this.written.push({ what: 'put', entry }),
      remove: (entry) => void this.written.push({ what: 'remove', entry }),
      confirm: (time) => {
        this.confirmedAt = time
      },
    }
  }
}

type Follow = RevocationFeedCapability<ListFeedPlan, PolledSink>

async function rig(capacity: number, clock: Clock = systemClock): Promise<{ disk: Disk; begin: (follow: Follow) => Promise<Revocations> }> {
  const list = { kind: 'list', url: ['http://127.0.0.1:9/'], every: 1000, login: null, authorities: [] } as const
  const staleRules = [{ after: 60_000, action: 'deny' }] as const
  const revocation = { snapshot: [], denies: false, capacity, feeds: [list], staleRules, persist: ['/kept'] }
  const surroundings = sampleSurroundings({ ...samplePlan(), revocation }, clock)
  const disk = new Disk()
  const hashKey = Buffer.alloc(32, 3)
  const readiness = { lacks: () => {}, holds: () => {} }
  return {
    disk,
    begin: (follow) => {
      const feeds = { list: follow, etcd: undefined, redis: undefined, amqp: undefined, amqp10: undefined }
      return revocationCapability(surroundings, feeds, async () => ({ hashKey, journals: [disk.journal()], problems: 0 }), readiness)
    },
  }
}

const isLost = (revocations: Revocations): boolean => revocations.isRevoked(revocations.marksOf({ ...nothing, id: lost.name }))

test('what the tables have that was not kept yet stays, and is kept', async () => {
  const { disk, begin } = await rig(1000)
  const first = await begin(async (_, sink, { clock }) => {
    sink.begin(1)
    sink.put(lost)
    sink.remove(lost)
    await sink.end()
    sink.confirm(clock.monotonic())
    sink.put(lost)
  })
  assert.deepEqual([disk.isAhead, isLost(first)], [false, true])
  // The last record was not on the disk when the thread died.
  assert.equal(disk.written.pop()?.what, 'put')
  const second = await begin(async () => {})
  assert.deepEqual([disk.isAhead, isLost(second)], [true, true])
})

test('what was kept is all that is known to a process that begins', async () => {
  const { disk, begin } = await rig(1000)
  await begin(async (_, sink) => sink.put(lost))
  const other = await rig(1000)
  other.disk.written.push(...disk.written)
  assert.ok(isLost(await other.begin(async () => {})))
  assert.equal(other.disk.isAhead, false)
})

test('where not everything found room, nothing says on the disk that all is known', async () => {
  const { disk, begin } = await rig(1)
  await begin(async (_, sink, { clock }) => {
    sink.confirm(clock.monotonic())
    const before = disk.confirmedAt
    assert.ok(before !== null)
    disk.confirmedAt = null
    for (let count = 0; count < 100_000; count++) sink.put({ ...lost, name: `token-${count}` })
    sink.confirm(clock.monotonic())
  })
  assert.equal(disk.confirmedAt, null)
})

test('a clock that is set forward for a while makes nothing be forgotten', async () => {
  const at = { now: Date.UTC(2026, 0, 1), monotonic: 0 }
  const { begin } = await rig(1000, { now: () => at.now, monotonic: () => at.monotonic })
  const forgetIn = async (revocations: Revocations, milliseconds: number): Promise<void> => {
    at.monotonic += milliseconds
    at.now += milliseconds
    revocations.sweep()
    for (let turn = 0; turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const revocations = await begin(async (_, sink) => sink.put({ ...lost, expires: at.now / 1000 + 3600 }))
  at.now += 10 * 86_400_000
  await forgetIn(revocations, 61_000)
  at.now -= 10 * 86_400_000
  assert.ok(isLost(revocations))
  await forgetIn(revocations, 5 * 3_600_000)
  assert.ok(!isLost(revocations))
})

test('nor does it keep out what comes meanwhile', async () => {
  const at = { now: Date.UTC(2026, 0, 1), monotonic: 0 }
  const { begin } = await rig(1000, { now: () => at.now, monotonic: () => at.monotonic })
  let put: (() => void) | null = null
  const revocations = await begin(async (_, sink) => {
    put = () => sink.put({ ...lost, expires: Date.UTC(2026, 0, 1) / 1000 + 3600 })
  })
  at.now += 10 * 86_400_000
  put!()
  at.now -= 10 * 86_400_000
  assert.ok(isLost(revocations))
})

test('a source that had no room knows everything again when there was room for all of it', async () => {
  const { begin } = await rig(1)
  const at: { sink: PolledSink | null } = { sink: null }
  const revocations = await begin(async (_, sink) => {
    at.sink = sink
  })
  const read = async (count: number): Promise<boolean> => {
    at.sink!.begin(count)
    for (let index = 0; index < count; index++) at.sink!.put({ ...lost, name: `token-${index}` })
    await at.sink!.end()
    at.sink!.confirm(systemClock.monotonic())
    revocations.sweep()
    return revocations.freshness(0).unknown
  }
  assert.deepEqual([await read(100_000), at.sink!.lacksRoom], [true, true])
  assert.deepEqual([await read(100), at.sink!.lacksRoom], [false, false])
})
