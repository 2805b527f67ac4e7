/** How all keys are read, in pages, from something that answers as etcd does. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { ServiceClient } from '../../../../src/gateway/calls/service-client.ts'
import type { NamedSink } from '../../../../src/gateway/capabilities/revocation-feed.ts'
import { EtcdClient } from '../../../../src/gateway/etcd/etcd-client.ts'
import type { KeyValue, Page } from '../../../../src/gateway/etcd/etcd-page.ts'
import { GrpcRanges } from '../../../../src/gateway/etcd/grpc-ranges.ts'
import { revocationEtcdCapability } from '../../../../src/gateway/revocation-etcd/etcd-feed.ts'
import { Etcd, etcdIsMissing } from '../../../wire/etcd.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

type Asked = { readonly key: string; readonly limit: string; readonly revision?: string }

async function serve(context: TestContext, answer: (asked: Asked) => string): Promise<string> {
  const server: Server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as Asked
    if (request.url === '/v3/kv/range') response.end(answer({ ...body, key: Buffer.from(body.key, 'base64').toString() }))
    else response.write('{"result":{"created":true}}\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const base64 = (word: string): string => Buffer.from(word).toString('base64')
const page = (names: readonly string[], count: number, more: boolean): string =>
  JSON.stringify({
    header: { revision: '7' },
    kvs: names.map((name) => ({ key: base64(name), value: base64('{"exp":4000000000}') })),
    more,
    count: String(count),
  })

/** Resolves with the names of the first whole state, and what went wrong before. */
async function readAll(context: TestContext, url: string): Promise<{ readonly names: readonly string[]; readonly problems: string[] }> {
  const names: string[] = []
  const problems: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const sink: NamedSink = {
    begin: () => {},
    put: ({ name }) => names.push(name),
    hasEnded: () => false,
    putBeside: ({ name }) => names.push(name) === 0,
    lacksRoom: false,
    remove: () => {},
    end: async () => {},
    confirm: () => resolve(),
    rejected: () => {},
    failed: (problem) => problems.push(problem),
  }
  const surroundings = { ...sampleSurroundings(samplePlan()), atEnd: (action: () => void) => context.after(action) }
  await revocationEtcdCapability(
    { kind: 'etcd', endpoints: [[url]], prefix: '/r', login: null, authorities: [], publish: false },
    sink,
    surroundings,
  )
  await promise
  return { names, problems }
}

const keys = Array.from({ length: 2500 }, (_, index) => `/r/jti/${String(index).padStart(4, '0')}`)

test('each page begins behind the last one, as of the first one’s revision', async (context) => {
  const asked: Asked[] = []
  const url = await serve(context, (each) => {
    asked.push(each)
    const left = keys.filter((key) => key >= each.key)
    return page(left.slice(0, 600), left.length, left.length > 600)
  })
  const { names, problems } = await readAll(context, url)
  assert.deepEqual(
    names,
    keys.map((key) => key.slice('/r/jti/'.length)),
  )
  assert.deepEqual(problems, [])
  assert.deepEqual(
    asked.slice(0, 5).map(({ key, revision }) => [key, revision]),
    [['/r/', undefined], ...[599, 1199, 1799, 2399].map((index) => [`${keys[index]}\0`, '7'])],
  )
})

test('pages that are too large for an answer are asked for with fewer keys', async (context) => {
  const limits: number[] = []
  const url = await serve(context, ({ key, limit }) => {
    limits.push(Number(limit))
    if (Number(limit) > 1000) return 'x'.repeat(33 * 1024 * 1024)
    const left = keys.filter((each) => each >= key)
    return page(left.slice(0, Number(limit)), left.length, left.length > Number(limit))
  })
  const { names, problems } = await readAll(context, url)
  assert.equal(names.length, keys.length)
  // A machine that is slow has less patience with such answers: they are asked for with fewer keys all the same.
  assert.deepEqual(
    problems.filter((problem) => problem !== 'timeout'),
    [],
  )
  assert.deepEqual(limits.slice(0, 4), [100_000, 12_500, 1562, 500])
})

test('a page is read whole, however it is cut, or not at all', async (context) => {
  let answer = ''
  const url = await serve(context, () => answer)
  const client = await ServiceClient.open(false, { authorities: [], clientCertificate: null, serverName: null, sockets: 1, warn: () => {} })
  context.after(() => client.close())
  const etcd = new EtcdClient(client, new URL(url), null)
  for (const names of [[], ['/r/jti/a'], ['/r/jti/a', '/r/jti/b'], keys]) {
    answer = page(names, names.length, false)
    const { pairs, lastKey, count } = await etcd.range('/r/', '/r0', 0, 50_000)
    assert.deepEqual(
      [...pairs].map(({ key }) => key),
      names,
    )
    assert.deepEqual([lastKey.toString(), count], [names.at(-1) ?? '', names.length])
  }
  answer = JSON.stringify({ header: { revision: '7' }, count: '0' })
  assert.deepEqual([...(await etcd.range('/r/', '/r0', 0, 1)).pairs], [])
  for (const bad of [
    '{"header":{"revision":"7"},"kvs": [{"key":"YQ=="}],"count":"1"}',
    '{"kvs":[{"key":5}]}',
    '{"kvs":[{"key":"YQ=="}',
    '{"kvs":[{"key"',
    '[]x',
  ]) {
    answer = bad
    await assert.rejects(etcd.range('/r/', '/r0', 0, 1), { reason: 'protocol' }, bad)
  }
})

test('gRPC says the same as the HTTP gateway, page by page, bytes that are no text included', { skip: etcdIsMissing }, async (context) => {
  const server = await Etcd.start()
  context.after(() => server.end())
  const success = Array.from({ length: 120 }, (_, index) => ({
    request_put: { key: base64(`/r/jti/${String(index).padStart(4, '0')}`), value: base64('ü'.repeat(index)) },
  }))
  await server.call('/v3/kv/txn', { success })
  await server.call('/v3/kv/put', { key: Buffer.from('/r/jti/0060\xff\xfe', 'latin1').toString('base64'), value: '' })
  const client = await ServiceClient.open(false, { authorities: [], clientCertificate: null, serverName: null, sockets: 1, warn: () => {} })
  context.after(() => client.close())
  const etcd = new EtcdClient(client, new URL(server.url), null)
  const session = await etcd.openGrpc()
  context.after(() => session?.close())
  assert.ok(session !== null)
  const ranges = new GrpcRanges(session)
  let seen = 0
  let from: Buffer = Buffer.from('/r/')
  for (let more = true; more; ) {
    const one: Page | null = await ranges.range(from, '/r0', 0, 31)
    const other: Page = await etcd.range(from, '/r0', 0, 31)
    assert.ok(one !== null)
    const pairs: readonly KeyValue[] = [...one.pairs]
    assert.deepEqual({ ...one, pairs }, { ...other, pairs: [...other.pairs] })
    seen += pairs.length
    more = one.more
    from = Buffer.concat([one.lastKey, Buffer.alloc(1)])
  }
  assert.equal(seen, 121)
  const nothing = await ranges.range(Buffer.from('/none/'), '/none0', 0, 10)
  assert.deepEqual([nothing?.count, nothing?.more, nothing?.lastKey.length], [0, false, 0])
  // An answer of etcd's that is no good is one of the HTTP gateway as well.
  await assert.rejects(ranges.range(Buffer.from('/r/'), '/r0', 999_999, 1), { reason: 'protocol' })
  ranges.close()
  await assert.rejects(ranges.range(Buffer.from('/r/'), '/r0', 0, 1), { reason: 'connect' })
})
