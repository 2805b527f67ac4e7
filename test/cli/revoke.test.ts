/** `postern revoke`: what it publishes, what it refuses, and that a gateway hears of it. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { StagedBroker } from '../unit/gateway/revocation-amqp10/staged-broker.ts'
import { Etcd, etcdIsMissing } from '../wire/etcd.ts'
import { Redis, redisIsMissing } from '../wire/redis.ts'
import { until } from '../wire/until.ts'
import { LongRunning } from './long-running.ts'
import { type CliResult, runCli } from './run-cli.ts'
import { sampleProject } from './sample-project.ts'

const issuer = 'https://bookshop.dev.invalid'
const now = Math.floor(Date.now() / 1000)

function projectWith(t: TestContext, feeds: string): string {
  const folder = sampleProject(t)
  appendFileSync(join(folder, 'postern.yaml'), `revocation: { feeds: [${feeds}] }\n`)
  return folder
}

const toRedis = '{ type: redis, url: "${REDIS_URL}" }'
const toEtcd = '{ type: etcd, endpoints: ["${ETCD_URL}"] }'

async function redisOf(t: TestContext): Promise<Redis> {
  const redis = await Redis.start()
  t.after(() => redis.stop())
  return redis
}

async function tokenOf(folder: string, ...args: readonly string[]): Promise<string> {
  return (await runCli(['token', folder, ...args])).stdout.trim()
}

function claimsOf(token: string): { readonly jti: string; readonly exp: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** Entries of the stream, without the times at which they were published. */
async function published(redis: Redis): Promise<readonly Readonly<Record<string, string>>[]> {
  const messages = (await redis.run('XRANGE', 'postern:revoked', '-', '+')) as readonly [string, readonly string[]][]
  return messages.map(([, fields]) => {
    const pairs = Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at]!, fields[2 * at + 1]!] as const)
    assert.ok(pairs.some(([name]) => name === 'at'))
    return Object.fromEntries(pairs.filter(([name]) => name !== 'at'))
  })
}

test('a token that is revoked is refused by a gateway that runs', { skip: redisIsMissing || etcdIsMissing }, async (t) => {
  const redis = await redisOf(t)
  const etcd = await Etcd.start()
  t.after(() => etcd.end())
  const folder = projectWith(t, `${toRedis}, ${toEtcd}`)
  const env = { REDIS_URL: redis.url, ETCD_URL: etcd.url, POSTERN_HOST: '127.0.0.1', POSTERN_HTTP_PORT: '0', POSTERN_ADMIN_PORT: '0' }
  const gateway = new LongRunning(t, ['run', folder], env)
  const port = (await gateway.written('stdout', /"event":"listening".*"http":(\d+)/))[1]
  // 502: it got as far as the backend, which is not there. 503: what is revoked is not known yet.
  const status = async (token: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${port}/bookshop/v1/books`, { headers: { authorization: `Bearer ${token}` } })
    await answer.body?.cancel()
    return answer.status
  }
  const scope = ['--scope', 'books:read']
  const becomes = (token: string, wanted: number): Promise<void> =>
    until(async () => (await status(token)) === wanted, `it is never ${wanted}`)
  const [byRedis, byEtcd, kept] = [
    await tokenOf(folder, ...scope),
    await tokenOf(folder, ...scope, '--subject', 'mallory'),
    await tokenOf(folder, ...scope),
  ]
  await becomes(kept, 502)
  const first = await runCli(['revoke', '-', folder, '--feed', 'redis'], { env, input: `${byRedis}\n` })
  assert.deepEqual([first.code, first.stderr], [0, ''])
  assert.match(first.stdout, /^jti [\w-]+, of https:\/\/bookshop\.dev\.invalid, until .*\n {2}feed 0 {2}redis {2}acknowledged\n$/)
  await becomes(byRedis, 401)
  const second = await runCli(['revoke', '--user', 'mallory', folder, '--expires', '1h', '--feed', '1', '--json'], { env })
  assert.equal(second.code, 0, second.stderr)
  assert.deepEqual(JSON.parse(second.stdout).outcomes, [{ at: 1, type: 'etcd', published: true }])
  await becomes(byEtcd, 401)
  assert.equal(await status(kept), 502)
})

test('what is published of each thing', { skip: redisIsMissing }, async (t) => {
  const redis = await redisOf(t)
  const folder = projectWith(t, toRedis)
  const env = { REDIS_URL: redis.url }
  const token = await tokenOf(folder)
  const nameless = await tokenOf(folder, '--claim', 'jti=""')
  for (const args of [
    [token, folder],
    [nameless, folder],
    ['5f2c7a', folder, '--issuer', issuer, '--expires', '2030-01-01T00:00:00Z'],
    ['opaque-secret', folder, '--opaque', '--expires', '1900000000'],
    [folder, '--client', 'shop', '--before', '1780000000'],
    [folder, '--kid', 'dev', '--issuer', issuer],
    [folder, '--api-key', 'partner-7'],
    [folder, '--deny', 'address:10.0.0.0/8', '--expires', '1900000000'],
  ]) {
    const { code, stderr } = await runCli(['revoke', ...args], { env })
    assert.equal(code, 0, stderr)
  }
  const { jti, exp } = claimsOf(token)
  const messages = await published(redis)
  assert.deepEqual(messages, [
    { jti, iss: issuer, exp: String(exp) },
    { digest: hash('sha256', nameless, 'base64url'), exp: String(claimsOf(nameless).exp) },
    { jti: '5f2c7a', iss: issuer, exp: '1893456000' },
    { digest: hash('sha256', 'opaque-secret', 'base64url'), exp: '1900000000' },
    { client: 'shop', before: '1780000000' },
    { kid: 'dev', iss: issuer },
    { apiKey: 'partner-7' },
    { denyAddress: '10.0.0.0/8', exp: '1900000000' },
  ])
  const everything = JSON.stringify(messages)
  for (const text of [token, nameless, 'opaque-secret']) assert.ok(!everything.includes(text))
})

test('tokens that are not revoked, and why', { skip: redisIsMissing }, async (t) => {
  const redis = await redisOf(t)
  const folder = projectWith(t, toRedis)
  const stranger = sampleProject(t)
  const good = await tokenOf(folder)
  const said = async (token: string): Promise<CliResult> =>
    await runCli(['revoke', '-', folder, '--json'], { env: { REDIS_URL: redis.url }, input: token })
  for (const [code, token] of [
    ['token-expired', await tokenOf(folder, '--expires', '-5m')],
    ['token-foreign', await tokenOf(folder, '--issuer', 'https://other.example')],
    ['token-forged', await tokenOf(stranger)],
    ['token-forged', `${good.slice(0, -8)}AAAAAAAA`],
    ['token-malformed', `eyAA.${good.split('.').slice(1).join('.')}`],
    ['token-malformed', `${good.split('.')[0]}.x.y`],
  ] as const) {
    const result = await said(token)
    assert.deepEqual([result.code, JSON.parse(result.stdout).refused.code], [1, code], result.stderr)
    assert.match(result.stderr, new RegExp(`error: ${code}: `))
    assert.ok(!result.stderr.includes(token) && !result.stdout.includes(token))
  }
  assert.deepEqual(await published(redis), [])
})

test('a token is found as people copy it, and what is no token alone is published as nothing', { skip: redisIsMissing }, async (t) => {
  const redis = await redisOf(t)
  const folder = projectWith(t, toRedis)
  const env = { REDIS_URL: redis.url }
  const token = await tokenOf(folder)
  const { jti, exp } = claimsOf(token)
  for (const text of [`Bearer ${token}`, `dpop  ${token}\n`]) {
    const { code, stderr } = await runCli(['revoke', text, folder], { env })
    assert.equal(code, 0, stderr)
  }
  const opaque = await runCli(['revoke', '-', folder, '--opaque', '--expires', '1900000000'], { env, input: 'Bearer opaque-secret\n' })
  assert.equal(opaque.code, 0, opaque.stderr)
  const wanted = [
    { jti, iss: issuer, exp: String(exp) },
    { jti, iss: issuer, exp: String(exp) },
    { digest: hash('sha256', 'opaque-secret', 'base64url'), exp: '1900000000' },
  ]
  assert.deepEqual(await published(redis), wanted)
  const parts = token.split('.')
  const pretty = Buffer.from('{\n  "alg": "ES256"\n}').toString('base64url')
  for (const [said, ...args] of [
    [/whole token/, `"${token}"`],
    [/whole token/, `${token.slice(0, 80)}\n${token.slice(80)}`],
    [/whole token/, `${parts[0]}.${parts[1]}`],
    [/whole token/, `${token}.`],
    [/token-forged/, `${pretty}.${parts[1]}.${parts[2]}`],
    [/white space/, 'opaque secret', '--opaque'],
  ] as const) {
    const { code, stdout, stderr } = await runCli(['revoke', args[0], folder, ...args.slice(1)], { env })
    assert.ok(code !== 0 && said.test(stderr), stderr)
    for (const part of parts) assert.ok(!stdout.includes(part) && !stderr.includes(part), stderr)
  }
  assert.deepEqual(await published(redis), wanted)
})

test('a feed that does not acknowledge', { skip: redisIsMissing }, async (t) => {
  const redis = await redisOf(t)
  const folder = projectWith(t, `${toRedis}, ${toEtcd}`)
  const env = { REDIS_URL: redis.url, ETCD_URL: 'http://127.0.0.1:9' }
  const { code, stdout, stderr } = await runCli(['revoke', 'a', folder, '--expires', '1h'], { env })
  assert.equal(code, 69)
  assert.match(stdout, /feed 0 {2}redis {2}acknowledged\n {2}feed 1 {2}etcd {3}not acknowledged: connect\n$/)
  assert.match(stderr, /1 of 2 feeds did not acknowledge/)
  assert.equal((await published(redis)).length, 1)
})

test('wrong usage', async (t) => {
  const folder = projectWith(t, `${toRedis}, { type: list, url: "https://lists.example.com/revoked", every: 10s }`)
  const bare = sampleProject(t)
  const env = { REDIS_URL: 'redis://127.0.0.1:9' }
  for (const [args, said] of [
    [['a', bare], /no feed of revocations/],
    [['a', folder, '--feed', 'etcd'], /no feed etcd/],
    [['a', folder, '--feed', '1'], /read only/],
    [['a', folder, '--client', 'b'], /Several things/],
    [[folder, '--client', 'b', '--user', 'c'], /Several things/],
    [['a', folder, '--before', 'now'], /--before/],
    [[folder, '--api-key', 'b', '--issuer', 'c'], /no issuer/],
    [['a', folder, '--expires', 'soon'], /A time is/],
    [['a', folder, '--expires', '3600'], /A time is/],
    [[folder, '--user', 'b', '--before', '3600'], /A time is/],
    [['a', folder, '--expires', '2026-01-01'], /is over/],
    [['a', folder, '--opaque', '--expires', '1700000000'], /is over/],
    [[folder, '--deny', 'mallory'], /Name whom/],
    [[folder, '--deny', 'address:10/8'], /An address is/],
    [['x'.repeat(40).concat('.', 'y'.repeat(40), '.', 'z'.repeat(40)), folder], /whole token/],
    [['-', folder], /Nothing is named/],
  ] as const) {
    const { code, stdout, stderr } = await runCli(['revoke', ...args], { env })
    assert.deepEqual([code, stdout], [2, ''], stderr)
    assert.match(stderr, said)
  }
  const { code, stderr } = await runCli(['revoke', 'a', folder], { env: { REDIS_URL: '' } })
  assert.equal(code, 2)
  assert.match(stderr, /REDIS_URL is missing/)
  const clear = await runCli(['revoke', 'a', folder], { env: { REDIS_URL: 'redis://:secret@redis.internal' } })
  assert.equal(clear.code, 2)
  assert.match(clear.stderr, /rediss/)
  assert.doesNotMatch(clear.stderr, /secret/)
})

test('a file is made, added to, sorted, and rid of what has expired', async (t) => {
  const folder = sampleProject(t)
  const file = join(folder, 'revoked.json')
  const add = (...args: readonly string[]): Promise<CliResult> => runCli(['revoke', ...args, '--file', file])
  const entries = (): readonly Readonly<Record<string, unknown>>[] =>
    JSON.parse(readFileSync(file, 'utf8')).map(({ at, ...entry }: Readonly<Record<string, unknown>>) => entry)
  assert.equal((await add('b', folder, '--issuer', issuer, '--expires', '2040-01-01')).code, 0)
  assert.deepEqual(entries(), [{ jti: 'b', iss: issuer, exp: 2208988800 }])
  const more = [{ jti: 'z', exp: 5 }, { jti: 'a' }, { jwt_signature: 'sig', expiry_time: (now + 600) * 1000 }, ...entries()]
  writeFileSync(file, JSON.stringify(more))
  assert.match((await add(folder, '--user', 'u', '--before', '1780000000')).stdout, /4 entries, 1 left out/)
  await add('b', folder, '--issuer', issuer, '--expires', '2030-01-01')
  assert.deepEqual(entries(), [
    { jti: 'a' },
    { jti: 'b', iss: issuer, exp: 2208988800 },
    { jwt_signature: 'sig', expiry_time: (now + 600) * 1000 },
    { user: 'u', before: 1780000000 },
  ])
  assert.ok(!existsSync(`${file}.new`))
  // A web server may have it elsewhere.
  const served = join(folder, 'served.json')
  writeFileSync(served, '[]')
  symlinkSync('served.json', join(folder, 'link.json'))
  const linked = await runCli(['revoke', 'd', folder, '--expires', '2040-01-01', '--file', join(folder, 'link.json')])
  assert.equal(linked.code, 0, linked.stderr)
  assert.match(readFileSync(served, 'utf8'), /"jti":"d"/)
  // It is a snapshot as well.
  writeFileSync(file, JSON.stringify(entries().filter((entry) => !('jwt_signature' in entry))))
  appendFileSync(join(folder, 'postern.yaml'), 'revocation: { snapshot: revoked.json }\n')
  await add('c', folder, '--expires', '1h')
  assert.equal((await runCli(['check', folder])).code, 0)
})

test('a file that cannot be added to is left as it is', async (t) => {
  const folder = sampleProject(t)
  for (const [name, content, said] of [
    ['revoked.yaml', '- { jti: a }\n', /comments/],
    ['a.json', '{}', /no JSON array/],
    ['b.json', '[{ "jti": 5 }]', /makes no sense/],
  ] as const) {
    const file = join(folder, name)
    writeFileSync(file, content)
    const { code, stderr } = await runCli(['revoke', 'x', folder, '--file', file])
    assert.equal(code, 2)
    assert.match(stderr, said)
    assert.equal(readFileSync(file, 'utf8'), content)
    assert.ok(!existsSync(`${file}.new`))
  }
  const file = join(folder, 'busy.json')
  writeFileSync(`${file}.new`, '')
  const { code, stderr } = await runCli(['revoke', 'x', folder, '--file', file])
  assert.equal(code, 2)
  assert.match(stderr, /somebody else/)
  assert.ok(existsSync(`${file}.new`))
})

test('a password is shown to nobody, whatever is debugged', async (t) => {
  const broker = await StagedBroker.start(t, (container) => container.sasl_server_mechanisms.enable_plain(() => true))
  const feed = `{ type: amqp10, url: "${broker.url}", topic: "topic://revoked", username: gateway, password: "\${AMQP_PASSWORD}" }`
  const folder = projectWith(t, `${feed}, { type: list, url: "http://127.0.0.1:9/", every: 1s }`)
  const env = { AMQP_PASSWORD: 's3cret', DEBUG: '*,rhea:*' }
  const { stdout, stderr } = await runCli(['revoke', 'abc', folder, '--expires', '1h'], { env })
  assert.match(stdout, /feed 0 {2}amqp10/)
  for (const shown of ['s3cret', Buffer.from('s3cret').toString('hex'), [...Buffer.from('s3cret')].join()])
    assert.ok(!stderr.includes(shown), stderr)
})
