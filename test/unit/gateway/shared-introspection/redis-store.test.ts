/** A real Redis: reached over TLS that is verified, with its password, and done without when it says nothing. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { parseRedisUrl } from '../../../../src/gateway/redis/redis-address.ts'
import { RedisStore } from '../../../../src/gateway/shared-introspection/redis-store.ts'
import { TestAuthority } from '../../../wire/certificates.ts'
import { Redis, redisIsMissing } from '../../../wire/redis.ts'
import { ManualClock } from '../sample-exchange.ts'

const skip = redisIsMissing

type Changes = { readonly url: string; readonly authorities?: readonly string[]; readonly timeout?: number }

async function opened(t: TestContext, { url, authorities = [], timeout = 10_000 }: Changes) {
  const told: string[] = []
  const counts = { connected: 0 }
  const clock = new ManualClock()
  const address = parseRedisUrl(url)
  assert.ok(address !== null)
  const store = await RedisStore.open({ address, authorities, timeout, clock, counts, tell: (problem) => told.push(problem) })
  t.after(() => store.close())
  return { store, told, counts, clock }
}

async function started(t: TestContext, options: Parameters<typeof Redis.start>[0] = {}): Promise<Redis> {
  const redis = await Redis.start(options)
  t.after(() => redis.stop())
  return redis
}

test('what is there first stays, unless it is put in its place', { skip }, async (t) => {
  const redis = await started(t)
  const { store, counts } = await opened(t, redis)
  assert.equal(counts.connected, 1)
  assert.deepEqual(await store.read('a'), { value: null })
  await store.add('a', 'one', 60_000)
  await store.add('a', 'two', 60_000)
  assert.deepEqual(await store.read('a'), { value: 'one' })
  await store.put('a', 'three', 60_000)
  assert.deepEqual(await store.read('a'), { value: 'three' })
  await store.remove('a')
  assert.deepEqual(await store.read('a'), { value: null })
})

test('of a long text no more is read than a gateway can have written', { skip }, async (t) => {
  const redis = await started(t)
  const { store } = await opened(t, redis)
  await store.put('long', 'x'.repeat(1_000_000), 60_000)
  const reply = await store.read('long')
  assert.equal(typeof reply === 'object' && typeof reply.value === 'string' && reply.value.length, 65_536)
})

test('with its password, and not without', { skip }, async (t) => {
  const redis = await started(t, { password: 'pass:word' })
  const { store } = await opened(t, { url: redis.url.replace('//', '//:pass%3Aword@') })
  assert.deepEqual(await store.read('a'), { value: null })
  const wrong = await opened(t, { url: redis.url.replace('//', '//:other@') })
  assert.equal(await wrong.store.read('a'), 'away')
  assert.deepEqual(wrong.told, ['no connection to Redis: WRONGPASS'])
})

test('over TLS, where its certificate is of an authority that is named and for its host', { skip }, async (t) => {
  const authority = new TestAuthority('Redis authority')
  const redis = await started(t, { identity: authority.identity(['localhost']) })
  const url = `rediss://localhost:${redis.port}`
  const { store } = await opened(t, { url, authorities: [authority.certificate] })
  assert.deepEqual(await store.read('a'), { value: null })
  const other = await opened(t, { url, authorities: [new TestAuthority('Redis authority').certificate] })
  assert.equal(await other.store.read('a'), 'away')
  const unnamed = await opened(t, { url })
  assert.equal(await unnamed.store.read('a'), 'away')
  const elsewhere = await opened(t, { url: `rediss://127.0.0.1:${redis.port}`, authorities: [authority.certificate] })
  assert.equal(await elsewhere.store.read('a'), 'away')
  for (const { told } of [other, unnamed, elsewhere]) assert.equal(told.length, 1)
})

test('when it says nothing, five wait for their time, and then nobody for a while', { skip }, async (t) => {
  const redis = await started(t)
  const { store, told, clock } = await opened(t, { url: redis.url, timeout: 20 })
  redis.freeze()
  for (let count = 0; count < 5; count++) assert.equal(await store.read('a'), 'late')
  assert.equal(await store.read('a'), 'away')
  assert.deepEqual(told, ['Redis is not asked for a while: it does not answer in time'])
  redis.wake()
  clock.advance(5_000)
  // What it says late is for nobody; the next question may still be too soon for it.
  for (let tried = 0; typeof (await store.read('a')) === 'string'; tried++) {
    assert.ok(tried < 1_000)
    clock.advance(5_000)
  }
})
