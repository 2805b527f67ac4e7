/** What is published to a real etcd or Redis is what a feed reads there. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RevokedPlan } from '../../../../src/contract/plan/revocation.ts'
import type { Amqp10FeedPlan, AmqpFeedPlan, EtcdFeedPlan, RedisFeedPlan } from '../../../../src/contract/plan/revocation-feed.ts'
import type { RevocationPublisher } from '../../../../src/gateway/capabilities/publishing.ts'
import type { TopicSink } from '../../../../src/gateway/capabilities/revocation-feed.ts'
import { publishingProblem } from '../../../../src/gateway/feeds/publishing-failure.ts'
import { publishAmqpCapability } from '../../../../src/gateway/publish-amqp/amqp-publisher.ts'
import { publishAmqp10Capability } from '../../../../src/gateway/publish-amqp10/amqp10-publisher.ts'
import { publishEtcdCapability } from '../../../../src/gateway/publish-etcd/etcd-publisher.ts'
import { publishRedisCapability } from '../../../../src/gateway/publish-redis/redis-publisher.ts'
import { revocationAmqpCapability } from '../../../../src/gateway/revocation-amqp/amqp-feed.ts'
import { revocationAmqp10Capability } from '../../../../src/gateway/revocation-amqp10/amqp10-feed.ts'
import { revocationEtcdCapability } from '../../../../src/gateway/revocation-etcd/etcd-feed.ts'
import { revocationRedisCapability } from '../../../../src/gateway/revocation-redis/stream-feed.ts'
import { Etcd, etcdIsMissing } from '../../../wire/etcd.ts'
import { Rabbit, rabbitIsMissing } from '../../../wire/rabbitmq.ts'
import { Redis, redisIsMissing } from '../../../wire/redis.ts'
import { until } from '../../../wire/until.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const soon = Math.floor(Date.now() / 1000) + 600

const entries: readonly RevokedPlan[] = [
  { kind: 'token', name: 'one', issuer: 'https://a', before: null, expires: soon },
  { kind: 'token', name: 'any/&=ü', issuer: null, before: null, expires: null },
  { kind: 'digest', name: 'd'.repeat(43), issuer: null, before: null, expires: soon },
  { kind: 'client', name: 'c', issuer: null, before: soon, expires: null },
  { kind: 'user', name: 'u', issuer: 'https://a', before: soon, expires: soon },
  { kind: 'key', name: 'k', issuer: 'https://a', before: null, expires: null },
  { kind: 'api-key', name: 'p', issuer: null, before: null, expires: null },
]

/** Keeps whole entries, without the time of publishing, which must be there. */
class KeptEntries extends RecordingSink {
  readonly entries: RevokedPlan[] = []

  override put({ publishedAt, ...entry }: RevokedPlan & { readonly publishedAt?: number }): void {
    assert.ok(publishedAt !== undefined && publishedAt > Date.now() - 60_000)
    this.entries.push(entry)
    super.put(entry)
  }
}

function surroundings(context: TestContext): ReturnType<typeof sampleSurroundings> {
  return { ...sampleSurroundings(samplePlan()), atEnd: (action) => context.after(action) }
}

function sorted(list: readonly RevokedPlan[]): readonly string[] {
  return list.map((entry) => JSON.stringify(Object.entries(entry).toSorted())).toSorted()
}

const common = { publish: true, login: null, authorities: [] } as const

async function publisherOf<Plan>(
  context: TestContext,
  open: (plan: Plan, around: ReturnType<typeof sampleSurroundings>) => Promise<RevocationPublisher>,
  plan: Plan,
): Promise<RevocationPublisher> {
  const publisher = await open(plan, surroundings(context))
  context.after(() => publisher.close())
  return publisher
}

async function etcdOf(context: TestContext): Promise<{ readonly etcd: Etcd; readonly plan: EtcdFeedPlan }> {
  const etcd = await Etcd.start()
  context.after(() => etcd.end())
  return { etcd, plan: { kind: 'etcd', endpoints: [[etcd.url]], prefix: '/r', ...common } }
}

async function redisOf(context: TestContext): Promise<{ readonly redis: Redis; readonly plan: RedisFeedPlan }> {
  const redis = await Redis.start()
  context.after(() => redis.stop())
  return { redis, plan: { kind: 'redis', url: [redis.url], stream: 'r', ...common } }
}

test('entries of every kind, through etcd', { skip: etcdIsMissing }, async (context) => {
  const { plan } = await etcdOf(context)
  const publisher = await publisherOf(context, publishEtcdCapability, plan)
  for (const entry of entries) await publisher.publish(entry)
  const sink = new KeptEntries()
  await revocationEtcdCapability(plan, sink, surroundings(context))
  await until(() => sink.loads === 1)
  assert.deepEqual(sorted(sink.entries), sorted(entries))
  assert.equal(sink.skipped, 0)
})

test('entries of every kind, through Redis', { skip: redisIsMissing }, async (context) => {
  const { plan } = await redisOf(context)
  const publisher = await publisherOf(context, publishRedisCapability, plan)
  for (const entry of entries) await publisher.publish(entry)
  const sink = new KeptEntries()
  await revocationRedisCapability(plan, sink, surroundings(context))
  await until(() => sink.confirmed > 0)
  assert.deepEqual(sorted(sink.entries), sorted(entries))
  assert.equal(sink.skipped, 0)
})

test('a key of etcd has a lease as long as what it bars, and none where that has no end', { skip: etcdIsMissing }, async (context) => {
  const { etcd, plan } = await etcdOf(context)
  const publisher = await publisherOf(context, publishEtcdCapability, plan)
  await publisher.publish(entries[0]!)
  await publisher.publish(entries[1]!)
  const { leases = [] } = await etcd.call('/v3/lease/leases', {})
  assert.ok(Array.isArray(leases) && leases.length === 1)
  const { TTL } = await etcd.call('/v3/lease/timetolive', { ID: leases[0].ID })
  assert.ok(Number(TTL) > 1_400 && Number(TTL) <= 1_501, String(TTL))
})

test('the same name of two issuers, in etcd, and what is revoked again', { skip: etcdIsMissing }, async (context) => {
  const { plan } = await etcdOf(context)
  const publisher = await publisherOf(context, publishEtcdCapability, plan)
  const of = (issuer: string | null, before: number, expires: number | null): RevokedPlan => ({
    ...{ kind: 'user', name: 'u', issuer, before, expires },
  })
  for (const entry of [of('a', 100, soon), of('b', 100, soon), of(null, 50, null), of('a', 90, soon + 60), of('b', 200, null)])
    await publisher.publish(entry)
  const sink = new KeptEntries()
  await revocationEtcdCapability(plan, sink, surroundings(context))
  await until(() => sink.loads === 1)
  assert.deepEqual(sorted(sink.entries), sorted([of('a', 100, soon + 60), of('b', 200, null), of(null, 50, null)]))
})

test('what somebody else has written into etcd stays', { skip: etcdIsMissing }, async (context) => {
  const { etcd, plan } = await etcdOf(context)
  await etcd.put('/r/jti/one', 'true')
  const publisher = await publisherOf(context, publishEtcdCapability, plan)
  await publisher.publish(entries[0]!)
  const sink = new RecordingSink()
  const seen: RevokedPlan[] = []
  sink.put = (entry) => seen.push(entry)
  await revocationEtcdCapability(plan, sink, surroundings(context))
  await until(() => sink.loads === 1)
  assert.deepEqual(seen.map(({ issuer }) => issuer).toSorted(), ['https://a', null])
})

test('an endpoint of etcd that is away is passed over', { skip: etcdIsMissing }, async (context) => {
  const { etcd, plan } = await etcdOf(context)
  const publisher = await publisherOf(context, publishEtcdCapability, { ...plan, endpoints: [['http://127.0.0.1:9'], [etcd.url]] })
  await publisher.publish(entries[0]!)
  await etcd.kill()
  await assert.rejects(publisher.publish(entries[1]!), (error) => publishingProblem(error) === 'connect')
})

test('messages of what has long expired are removed from a stream, and no others', { skip: redisIsMissing }, async (context) => {
  const { redis, plan } = await redisOf(context)
  const add = (...fields: readonly string[]): Promise<unknown> => redis.run('XADD', 'r', '*', ...fields)
  await add('client', 'c', 'before', '5')
  await add('jti', 'long-over', 'exp', '5')
  await add('jti', 'just-over', 'exp', String(soon - 660))
  await add('jti', 'exp', 'iss', 'x')
  const publisher = await publisherOf(context, publishRedisCapability, plan)
  await publisher.publish(entries[0]!)
  const left = (await redis.run('XRANGE', 'r', '-', '+')) as readonly [string, readonly string[]][]
  assert.deepEqual(
    left.map(([, [, name]]) => name),
    ['c', 'just-over', 'exp', 'one'],
  )
})

test('a publisher whose clock is wrong removes nothing that Redis would not', { skip: redisIsMissing }, async (context) => {
  const { redis, plan } = await redisOf(context)
  await redis.run('XADD', 'r', '*', 'jti', 'live', 'exp', String(soon))
  const clock = { now: () => (soon + 86_400) * 1000, monotonic: () => performance.now() }
  const publisher = await publishRedisCapability(plan, { ...surroundings(context), clock })
  context.after(() => publisher.close())
  await publisher.publish(entries[1]!)
  assert.equal(await redis.run('XLEN', 'r'), 2)
})

test('a Redis that goes and comes back, and one that may not be written to', { skip: redisIsMissing }, async (context) => {
  const { redis, plan } = await redisOf(context)
  const publisher = await publisherOf(context, publishRedisCapability, plan)
  await publisher.publish(entries[0]!)
  await redis.kill()
  await assert.rejects(publisher.publish(entries[1]!), (error) => publishingProblem(error) === 'connect')
  await redis.begin()
  await publisher.publish(entries[1]!)
  await redis.run('ACL', 'SETUSER', 'default', '-xadd')
  await assert.rejects(publisher.publish(entries[2]!), (error) => publishingProblem(error) === 'Redis refuses: NOPERM')
})

/** What a topic says from now on. */
class Heard implements TopicSink {
  readonly entries: RevokedPlan[] = []
  isSubscribed: boolean = false
  skipped: number = 0

  put({ publishedAt, ...entry }: RevokedPlan & { readonly publishedAt?: number }): void {
    assert.ok(publishedAt !== undefined)
    this.entries.push(entry)
  }
  remove(): void {}
  subscribed(): void {
    this.isSubscribed = true
  }
  confirm(): void {}
  rejected(): void {
    this.skipped++
  }
  failed(): void {}
}

test('entries of every kind, through topics', { skip: rabbitIsMissing }, async (context) => {
  const rabbit = await Rabbit.start({ plugins: ['rabbitmq_amqp1_0'] })
  context.after(() => rabbit.stop())
  const url = [rabbit.url]
  const old: AmqpFeedPlan = { kind: 'amqp', url, exchange: 'amq.topic', topic: 'one', keep: 3_600_000, ...common }
  const later: Amqp10FeedPlan = { kind: 'amqp10', url, topic: ['/topic/two'], keep: 3_600_000, ...common }
  const [heard, heardLater] = [new Heard(), new Heard()]
  await revocationAmqpCapability(old, heard, surroundings(context))
  await revocationAmqp10Capability(later, heardLater, surroundings(context))
  await until(() => heard.isSubscribed && heardLater.isSubscribed)
  const publishers = [await publisherOf(context, publishAmqpCapability, old), await publisherOf(context, publishAmqp10Capability, later)]
  for (const publisher of publishers) for (const entry of entries) await publisher.publish(entry)
  for (const sink of [heard, heardLater]) {
    await until(() => sink.entries.length === entries.length)
    // Those that say no end have one here.
    assert.deepEqual(
      sorted(sink.entries.filter((_, at) => entries[at]!.expires !== null)),
      sorted(entries.filter(({ expires }) => expires !== null)),
    )
    assert.deepEqual(
      sink.entries.map(({ kind, name, issuer, before }) => [kind, name, issuer, before]),
      entries.map(({ kind, name, issuer, before }) => [kind, name, issuer, before]),
    )
    assert.equal(sink.skipped, 0)
  }
})

test('brokers that are not there', async (context) => {
  const url = ['amqp://127.0.0.1:9']
  const old = await publisherOf(context, publishAmqpCapability, {
    ...{ kind: 'amqp', url, exchange: 'amq.topic', topic: 'one', keep: 3_600_000, ...common },
  } as const)
  const later = await publisherOf(context, publishAmqp10Capability, {
    kind: 'amqp10',
    url,
    topic: ['two'],
    keep: 3_600_000,
    ...common,
  } as const)
  for (const publisher of [old, later])
    await assert.rejects(publisher.publish(entries[0]!), (error) => publishingProblem(error) === 'connect')
})
