/** A real Redis, and all that can happen to it and to a stream in it. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RedisFeedPlan } from '../../../../src/contract/plan/revocation-feed.ts'
import { revocationRedisCapability } from '../../../../src/gateway/revocation-redis/stream-feed.ts'
import { TestAuthority } from '../../../wire/certificates.ts'
import { Redis, redisIsMissing } from '../../../wire/redis.ts'
import { until } from '../../../wire/until.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const skip = { skip: redisIsMissing }

type Options = Parameters<typeof Redis.start>[0]

async function redisOf(context: TestContext, options: Options = {}): Promise<Redis> {
  const redis = await Redis.start(options)
  context.after(() => redis.stop())
  return redis
}

async function follow(context: TestContext, plan: Partial<RedisFeedPlan>): Promise<RecordingSink> {
  const sink = new RecordingSink()
  await revocationRedisCapability({ kind: 'redis', url: [], stream: 'r', publish: false, login: null, authorities: [], ...plan }, sink, {
    ...sampleSurroundings(samplePlan()),
    atEnd: (action) => context.after(action),
  })
  return sink
}

function add(redis: Redis, jti: string, ...more: readonly string[]): Promise<unknown> {
  return redis.run('XADD', 'r', '*', 'jti', jti, ...more)
}

test('a stream that is not there yet, and then is', skip, async (context) => {
  const redis = await redisOf(context)
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.confirmed > 0)
  await add(redis, 'a')
  await until(() => sink.names.has('token a'))
  await redis.run('XADD', 'r', '*', 'not', 'an entry')
  await add(redis, 'b', 'exp', '4000000000')
  await until(() => sink.names.has('token b'))
  assert.equal(sink.skipped, 1)
  assert.deepEqual(sink.problems, [])
})

test('more messages than are read at once, each once', skip, async (context) => {
  const redis = await redisOf(context)
  const script = "for i = 1, 1700 do redis.call('XADD', KEYS[1], '*', 'jti', 'j' .. i) end"
  await redis.run('EVAL', script, '1', 'r')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.confirmed > 0)
  assert.equal(sink.names.size, 1700)
  await redis.run('EVAL', script, '1', 'r')
  await add(redis, 'last')
  await until(() => sink.names.has('token last'))
  await sink.confirmedAgain()
  assert.deepEqual(sink.problems, [])
})

test('what an operator takes back is revoked no more, also for who reads it later', skip, async (context) => {
  const redis = await redisOf(context)
  await add(redis, 'kept')
  await add(redis, 'back')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.names.has('token back'))
  await add(redis, 'back', 'takenBack', 'true')
  await until(() => !sink.names.has('token back'))
  const later = await follow(context, { url: [redis.url] })
  await until(() => later.confirmed > 0)
  assert.deepEqual([...later.names], ['token kept'])
  assert.deepEqual(later.ever, ['token kept'], 'not for a moment')
  await add(redis, 'back')
  await until(() => later.names.has('token back') && sink.names.has('token back'))
})

test('a stream that is trimmed or has messages deleted takes nothing back', skip, async (context) => {
  const redis = await redisOf(context)
  const id = String(await add(redis, 'a'))
  await add(redis, 'b')
  await add(redis, 'c')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.names.has('token c'))
  await redis.run('XDEL', 'r', id)
  await redis.run('XTRIM', 'r', 'MAXLEN', '1')
  await add(redis, 'd')
  await until(() => sink.names.has('token d'))
  await sink.confirmedAgain()
  assert.deepEqual([...sink.names].toSorted(), ['token a', 'token b', 'token c', 'token d'])
  assert.deepEqual(sink.problems, [])
})

test('messages that are removed before they were read are told', skip, async (context) => {
  const redis = await redisOf(context)
  await add(redis, 'a')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.names.has('token a'))
  const unseen =
    "redis.call('XADD', KEYS[1], '*', 'jti', 'b') redis.call('XADD', KEYS[1], '*', 'jti', 'c') redis.call('XTRIM', KEYS[1], 'MAXLEN', '1')"
  await redis.run('EVAL', unseen, '1', 'r')
  await until(() => sink.names.has('token c'))
  await until(() => sink.problems.length > 0)
  assert.deepEqual(sink.problems, ['messages were removed before they were read'])
  await add(redis, 'd')
  await until(() => sink.names.has('token d'))
  await sink.confirmedAgain()
  assert.equal(sink.problems.length, 1)
})

test('a Redis that is flushed takes nothing back, and what comes then is read', skip, async (context) => {
  const redis = await redisOf(context)
  await add(redis, 'a')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.names.has('token a'))
  await redis.run('FLUSHALL')
  await until(() => sink.problems.length > 0)
  assert.deepEqual(sink.problems, ['the stream was emptied or is another one'])
  // Its ids begin anew, before those that were seen.
  await redis.run('XADD', 'r', '5-1', 'jti', 'b')
  await until(() => sink.names.has('token b'))
  await sink.confirmedAgain()
  assert.deepEqual([...sink.names].toSorted(), ['token a', 'token b'])
  assert.equal(sink.problems.length, 1)
})

test('another stream in its place is read from the start', skip, async (context) => {
  const redis = await redisOf(context)
  await redis.run('XADD', 'r', '5-1', 'jti', 'a')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.names.has('token a'))
  // Of the old one and the new one as many were added, and the last id is a later one.
  const replaced =
    "redis.call('DEL', KEYS[1]) redis.call('XADD', KEYS[1], '3-1', 'jti', 'b') redis.call('XADD', KEYS[1], '9-1', 'jti', 'c')"
  await redis.run('EVAL', replaced, '1', 'r')
  await until(() => sink.names.has('token c'))
  await until(() => sink.names.has('token b'))
})

test('a Redis that is killed comes back with nothing, and what comes then is read', skip, async (context) => {
  const redis = await redisOf(context)
  await add(redis, 'a')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.names.has('token a'))
  await redis.kill()
  await until(() => sink.problems.includes('connect'))
  await redis.begin()
  await add(redis, 'b')
  await until(() => sink.names.has('token b'))
  assert.deepEqual([...sink.names].toSorted(), ['token a', 'token b'])
})

test('a replica that has lost its master is read, and does not count as fresh', skip, async (context) => {
  const master = await redisOf(context)
  const replica = await redisOf(context, { options: ['--replicaof', '127.0.0.1', String(master.port)] })
  await add(master, 'a')
  const sink = await follow(context, { url: [replica.url] })
  await until(() => sink.names.has('token a'))
  await sink.confirmedAgain()
  await master.kill()
  await until(() => sink.problems.includes('Redis refuses: MASTERDOWN'))
  const { confirmed } = sink
  const later = await follow(context, { url: [replica.url] })
  await until(() => later.problems.length > 1)
  assert.deepEqual([[...later.names], later.confirmed, sink.confirmed], [['token a'], 0, confirmed])
  await master.begin()
  await add(master, 'b')
  await until(() => sink.names.has('token b'))
  await sink.confirmedAgain()
})

test('a Redis that is silent is not taken for one that has nothing to say', skip, async (context) => {
  const redis = await redisOf(context)
  await add(redis, 'a')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.names.has('token a'))
  redis.freeze()
  context.after(() => redis.wake())
  await until(() => sink.problems.includes('timeout'))
  const { confirmed } = sink
  redis.wake()
  await add(redis, 'b')
  await until(() => sink.names.has('token b'))
  await until(() => sink.confirmed > confirmed)
})

test('logins, beside the address or in it', skip, async (context) => {
  const redis = await redisOf(context, { password: 's3cret' })
  const inAddress = redis.url.replace('//', '//:s3cret@')
  const feeds = await Promise.all([
    follow(context, { url: [redis.url], login: { username: ['default'], password: ['s3cret'] } }),
    follow(context, { url: [inAddress] }),
  ])
  await until(() => feeds.every(({ confirmed }) => confirmed > 0))
  const wrong = await follow(context, { url: [redis.url], login: { username: ['default'], password: ['guess'] } })
  const nobody = await follow(context, { url: [redis.url] })
  await until(() => wrong.problems.length > 0 && nobody.problems.length > 0)
  assert.deepEqual([wrong.problems[0], nobody.problems[0]], ['Redis refuses: WRONGPASS', 'Redis refuses: NOAUTH'])
  assert.equal(wrong.confirmed + nobody.confirmed, 0)
})

test('TLS, with the authorities that are named and no others', skip, async (context) => {
  const authority = new TestAuthority('Redis authority')
  const redis = await redisOf(context, { identity: authority.identity(['localhost']) })
  const url = [`rediss://localhost:${redis.port}`]
  const good = await follow(context, { url, authorities: [authority.certificate] })
  const stranger = await follow(context, { url })
  await until(() => good.confirmed > 0 && stranger.problems.length > 0)
  assert.equal(stranger.problems[0], 'tls')
  assert.equal(stranger.confirmed, 0)
})

test('a name that is something else than a stream', skip, async (context) => {
  const redis = await redisOf(context)
  await redis.run('SET', 'r', 'text')
  const sink = await follow(context, { url: [redis.url] })
  await until(() => sink.problems.length > 0)
  assert.deepEqual([sink.problems[0], sink.confirmed], ['Redis refuses: WRONGTYPE', 0])
})

test('addresses that would tell others what is revoked stop the start', async (context) => {
  const isSaid = (plan: Partial<RedisFeedPlan>, said: RegExp): Promise<void> =>
    assert.rejects(follow(context, plan), (error: Error) => said.test(error.message) && !error.message.includes('secret'))
  await isSaid({ url: ['redis://:secret@redis.internal:6379'] }, /rediss/)
  await isSaid({ url: ['https://127.0.0.1/secret'] }, /no Redis URL/)
  await isSaid({ url: ['redis://127.0.0.1'], authorities: ['PEM'] }, /authorities/)
  const login = { username: ['me'], password: ['secret'] }
  await isSaid({ url: ['redis://:secret@127.0.0.1'], login }, /login/)
})
