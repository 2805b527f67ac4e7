/** What only a real etcd shows of a feed: logins, several endpoints, many keys, WSO2's layout. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { EtcdFeedPlan } from '../../../../src/contract/plan/revocation-feed.ts'
import { revocationEtcdCapability } from '../../../../src/gateway/revocation-etcd/etcd-feed.ts'
import { Etcd, etcdIsMissing } from '../../../wire/etcd.ts'
import { until } from '../../../wire/until.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const skip = { skip: etcdIsMissing }

async function follow(context: TestContext, plan: Partial<EtcdFeedPlan>): Promise<RecordingSink> {
  const seen = new RecordingSink()
  const surroundings = sampleSurroundings(samplePlan())
  await revocationEtcdCapability(
    { kind: 'etcd', endpoints: [], prefix: '/r', publish: false, login: null, authorities: [], ...plan },
    seen,
    {
      ...surroundings,
      atEnd: (action) => context.after(action),
    },
  )
  return seen
}

test('more keys than fit into a page are read as of one revision', skip, async (context) => {
  const etcd = await Etcd.start()
  context.after(() => etcd.end())
  for (let begin = 0; begin < 4500; begin += 100) {
    const success = Array.from({ length: 100 }, (_, index) => ({
      request_put: { key: Buffer.from(`/r/jti/${begin + index}`).toString('base64'), value: '' },
    }))
    await etcd.call('/v3/kv/txn', { success })
  }
  const seen = await follow(context, { endpoints: [[etcd.url]] })
  await until(() => seen.loads === 1)
  assert.equal(seen.names.size, 4500)
  assert.equal(seen.expected, 4500)
  await etcd.put('/r/jti/more', '')
  await until(() => seen.names.has('token more'))
  assert.deepEqual(seen.problems, [])
})

test('an endpoint that is away is passed over', skip, async (context) => {
  const etcd = await Etcd.start()
  context.after(() => etcd.end())
  await etcd.put('/r/jti/a', '')
  const seen = await follow(context, { endpoints: [['http://127.0.0.1:9'], [etcd.url]] })
  await until(() => seen.loads === 1)
  assert.deepEqual([...seen.names], ['token a'])
  assert.deepEqual(seen.problems, ['connect'])
})

test('a login, which etcd may forget', skip, async (context) => {
  const etcd = await Etcd.start()
  context.after(() => etcd.end())
  await etcd.put('/r/jti/a', '')
  await etcd.call('/v3/auth/user/add', { name: 'root', password: 'r00t' })
  await etcd.call('/v3/auth/user/grant', { user: 'root', role: 'root' })
  await etcd.call('/v3/auth/enable', {})
  const wrong = await follow(context, { endpoints: [[etcd.url]], login: { username: ['root'], password: ['wrong'] } })
  const nobody = await follow(context, { endpoints: [[etcd.url]] })
  const seen = await follow(context, { endpoints: [[etcd.url]], login: { username: ['root'], password: ['r00t'] } })
  await until(() => seen.loads === 1 && wrong.problems.length > 0 && nobody.problems.length > 0)
  assert.deepEqual([wrong.loads, nobody.loads], [0, 0])
  // Its simple tokens do not outlive it.
  await etcd.kill()
  await etcd.begin()
  const { token } = await etcd.call('/v3/auth/authenticate', { name: 'root', password: 'r00t' })
  const key = Buffer.from('/r/jti/b').toString('base64')
  await etcd.call('/v3/kv/put', { key, value: '' }, String(token))
  await until(() => seen.names.has('token b'))
  assert.equal(seen.loads, 1, 'the watch goes on where it was')
})

test('one that begins anew with less than was known, from a backup or from nothing, is read again', skip, async (context) => {
  const etcd = await Etcd.start()
  context.after(() => etcd.end())
  for (const name of ['a', 'b', 'c', 'd']) await etcd.put(`/r/jti/${name}`, '')
  const seen = await follow(context, { endpoints: [[etcd.url]] })
  await until(() => seen.loads === 1)
  await etcd.kill()
  etcd.lose()
  await etcd.begin()
  await etcd.put('/r/jti/new', '')
  await until(() => seen.names.has('token new'))
  assert.equal(seen.loads, 2)
  assert.ok(seen.problems.includes('etcd has begun anew'))
})

test(
  'what two keys name is revoked until both are gone, and a key that names something else takes the old name with it',
  skip,
  async (context) => {
    const etcd = await Etcd.start()
    context.after(() => etcd.end())
    await etcd.put('/r/jti/a', '')
    await etcd.put('/r/signature/a', '')
    const seen = await follow(context, { endpoints: [[etcd.url]] })
    await until(() => seen.loads === 1)
    await etcd.put('/r/entry/one', '{"jti":"b"}')
    await etcd.put('/r/entry/other', '{"jti":"b"}')
    // Written again, it is no third one.
    await etcd.put('/r/jti/a', '{"exp":4000000000}')
    await etcd.put('/r/entry/other', '{"jti":"b","exp":4000000000}')
    const namesAfter = async (change: () => Promise<unknown>): Promise<readonly string[]> => {
      await change()
      await etcd.put(`/r/kid/${++marks}`, '')
      await until(() => seen.names.has(`key ${marks}`))
      return [...seen.names].filter((name) => name.startsWith('token')).map((name) => name.slice('token '.length))
    }
    let marks = 0
    assert.deepEqual(await namesAfter(() => etcd.delete('/r/jti/a')), ['a', 'b'])
    assert.deepEqual(await namesAfter(() => etcd.delete('/r/signature/a')), ['b'])
    assert.deepEqual(await namesAfter(() => etcd.put('/r/entry/one', '{"jti":"c"}')), ['b', 'c'])
    assert.deepEqual(await namesAfter(() => etcd.put('/r/entry/other', '{"jti":"c"}')), ['c'])
    assert.deepEqual(await namesAfter(() => etcd.delete('/r/entry/one')), ['c'])
    assert.deepEqual(await namesAfter(() => etcd.delete('/r/entry/other')), [])
  },
)

test('WSO2’s keys and values', skip, async (context) => {
  const etcd = await Etcd.start()
  context.after(() => etcd.end())
  await etcd.put('/jti/5f2c', 'true')
  await etcd.put('/jti/head.claims.sig', '5000')
  await etcd.put('/throttling/x', 'other')
  const seen = await follow(context, { endpoints: [[etcd.url]], prefix: '' })
  await until(() => seen.loads === 1)
  assert.deepEqual([...seen.names].toSorted(), ['token 5f2c', 'token sig'])
  assert.equal(seen.skipped, 0)
})

test('addresses that would tell others what is revoked stop the start', async (context) => {
  await assert.rejects(follow(context, { endpoints: [['http://etcd.internal:2379']] }), /https/)
  await assert.rejects(follow(context, { endpoints: [['etcd:2379']] }), /no http or https URL/)
  await assert.rejects(
    follow(context, { endpoints: [['http://me:secret@127.0.0.1:2379']] }),
    (error: Error) => !error.message.includes('secret'),
  )
})
