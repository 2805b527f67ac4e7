/** Digest against a backend that asks for it, through a whole gateway. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { DigestAlgorithm } from '../../../../src/contract/plan/backend-credential.ts'
import { Backend, type Handler, seen } from '../../../wire/backend.ts'
import { type Answer, ask, Client } from '../../../wire/client.ts'
import { DigestGuard, type GuardOptions } from '../../../wire/digest-guard.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'

const all = ['SHA-512-256', 'SHA-256', 'MD5'] as const

type World = { readonly backend: Backend; readonly gateway: LocalGateway; readonly guard: DigestGuard }

async function world(
  t: TestContext,
  options: GuardOptions = {},
  given: { readonly algorithms?: readonly DigestAlgorithm[]; readonly handler?: Handler; readonly user?: string } = {},
): Promise<World> {
  const guard = new DigestGuard({ user: given.user ?? 'gateway', ...options })
  const backend = await Backend.start()
  backend.handler = given.handler ?? guard.handler
  t.after(() => backend.stop())
  const setting = (name: string): [{ readonly setting: string }] => [{ setting: name }]
  const credential = {
    kind: 'digest',
    user: setting('DIGEST_USER'),
    password: setting('DIGEST_PASSWORD'),
    algorithms: given.algorithms ?? all,
  } as const
  const plan = planOf([], {
    upstreams: [{ url: [`${backend.url}/base`], http: '1.1', tls: null, credential }],
    settings: ['DIGEST_USER', 'DIGEST_PASSWORD'].map((name) => ({ name, default: null, usedFor: ['test'] })),
    operations: (['GET', 'POST'] as const).map((method) => ({ method, template: '/a/{id}' })),
  })
  const environment = { DIGEST_USER: given.user ?? 'gateway', DIGEST_PASSWORD: 'open: "sesame"' }
  const gateway = await LocalGateway.start(plan, { environment })
  t.after(() => gateway.stop())
  return { backend, gateway, guard }
}

function get({ gateway }: World, target = '/a/1', fields: readonly string[] = []): Promise<Answer> {
  return ask(gateway.port, requestText('GET', target, fields))
}

function post({ gateway }: World, body: string): Promise<Answer> {
  return ask(gateway.port, requestText('POST', '/a/1', [], body))
}

function chunked(body: string): string {
  const half = Math.floor(body.length / 2)
  const chunks = [body.slice(0, half), body.slice(half)].map((text) => `${text.length.toString(16)}\r\n${text}\r\n`)
  return `POST /a/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`
}

test('a backend that is known costs one request', async (t) => {
  const there = await world(t)
  for (let count = 0; count < 5; count++) {
    const answer = await get(there, `/a/${count}?q=${count}`, ['Authorization: Bearer of-the-client'])
    assert.equal(answer.status, 200)
    assert.equal(seen(answer).target, `/base/a/${count}?q=${count}`)
    assert.ok(
      seen(answer)
        .fields.filter(([name]) => /^authorization$/i.test(name))
        .every(([, value]) => value.startsWith('Digest ')),
    )
  }
  assert.deepEqual(there.guard.verdicts, ['challenged', 'right', 'right', 'right', 'right', 'right'])
  assert.deepEqual(there.guard.counts, [1, 2, 3, 4, 5])
})

test('a query cannot end what is quoted', async (t) => {
  const there = await world(t)
  const answer = await get(there, '/a/1?x=",username="admin",uri="/other')
  assert.equal(answer.status, 200)
  assert.equal(seen(answer).target, '/base/a/1?x=%22,username=%22admin%22,uri=%22/other')
  // It would end the quotes, or escape one.
  assert.equal((await get(there, '/a/1?x=\\')).status, 400)
})

for (const algorithm of ['MD5', 'SHA-256', 'SHA-512-256', 'MD5-sess', 'SHA-256-sess', 'SHA-512-256-sess'] as const) {
  for (const qop of ['auth', 'auth-int', 'auth, auth-int']) {
    test(`${algorithm} with qop ${qop}`, async (t) => {
      const there = await world(t, { algorithm, qop })
      const body = 'b'.repeat(1000)
      assert.equal((await get(there)).status, 200)
      assert.equal(seen(await post(there, body)).body, body)
      assert.equal(seen(await ask(there.gateway.port, chunked(body))).body, body)
      assert.equal(seen(await post(there, 'c'.repeat(100_000))).body.length, 100_000)
      assert.deepEqual(there.guard.verdicts, ['challenged', 'right', 'right', 'right', 'right'])
    })
  }
}

test('a user whose name is hashed, and one whose name is not ASCII', async (t) => {
  for (const userhash of [true, false]) {
    const there = await world(t, { userhash }, { user: 'dörte' })
    assert.equal((await get(there)).status, 200)
    assert.equal((await get(there)).status, 200)
    assert.deepEqual(there.guard.verdicts, ['challenged', 'right', 'right'])
  }
})

for (const saysStale of [true, false]) {
  test(`a nonce that has expired is renewed, ${saysStale ? 'as the backend says' : 'without a word of it'}`, async (t) => {
    const there = await world(t, { saysStale })
    assert.equal((await get(there)).status, 200)
    there.guard.expire()
    assert.equal((await get(there)).status, 200)
    assert.equal((await get(there)).status, 200)
    assert.deepEqual(there.guard.verdicts, ['challenged', 'right', 'stale', 'right', 'right'])
  })
}

test('a nonce that is good for one request, with the next one given or not', async (t) => {
  const told = await world(t, { uses: 1, nextNonce: true })
  for (let count = 0; count < 3; count++) assert.equal((await get(told)).status, 200)
  assert.deepEqual(told.guard.verdicts, ['challenged', 'right', 'right', 'right'])
  const untold = await world(t, { uses: 1 })
  for (let count = 0; count < 3; count++) assert.equal((await post(untold, 'body')).status, 200)
  assert.deepEqual(untold.guard.verdicts, ['challenged', 'right', 'stale', 'right', 'stale', 'right'])
})

test('many requests at once share one nonce, and no count comes twice', async (t) => {
  const there = await world(t)
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => get(there, `/a/${index}`)))
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(there.guard.verdicts.filter((verdict) => verdict === 'wrong').length, 0)
  there.guard.expire()
  const later = await Promise.all(Array.from({ length: 40 }, (_, index) => post(there, `body ${index}`)))
  assert.ok(later.every(({ status }) => status === 200))
})

test('what the backend says about the credential stays here', async (t) => {
  const there = await world(t, { password: 'another', nextNonce: true })
  const { status, message } = await get(there)
  assert.equal(status, 502)
  assert.equal(JSON.parse(message.text).type, 'urn:postern:refusal:backend-credential-refused')
  assert.equal(message.field('www-authenticate'), undefined)
  assert.deepEqual(there.guard.verdicts, ['challenged', 'wrong'])
  // The next one costs one request: no hope is left in a second try.
  assert.equal((await get(there)).status, 502)
  assert.deepEqual(there.guard.verdicts, ['challenged', 'wrong', 'wrong'])
  there.guard.password = 'open: "sesame"'
  const good = await get(there)
  assert.deepEqual([good.status, good.message.field('authentication-info')], [200, undefined])
  const metrics = await (await fetch(`http://127.0.0.1:${there.gateway.adminPort}/metrics`)).text()
  assert.match(metrics, /postern_backend_credentials_total\{upstream="0",event="refused"\} 2/)
  assert.ok(!JSON.stringify(there.gateway.log.lines).includes('sesame'))
})

test('a 401 that asks for nothing is the answer of the API', async (t) => {
  const there = await world(t, {}, { handler: (request) => request.respond('wrong password', [], '401 Unauthorized') })
  const { status, message } = await get(there)
  assert.deepEqual([status, message.text], [401, 'wrong password'])
})

test('challenges that may not be answered', async (t) => {
  const challenges = [
    'Basic realm="x"',
    'Digest realm="r", nonce="n", qop="auth", algorithm=MD5',
    'Digest realm="r", nonce="n", algorithm=SHA-256',
    'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256, nonce="m"',
    `Digest realm="r", nonce="${'n'.repeat(20_000)}", qop="auth", algorithm=SHA-256`,
    Array.from({ length: 300 }, (_, index) => `Basic realm="${index}"`).join(', '),
    'Digest realm="r\\", nonce="n", qop="auth", algorithm=SHA-256',
    ',,,,',
  ]
  let challenge = ''
  const handler: Handler = (request) => request.respond('', [`WWW-Authenticate: ${challenge}`], '401 Unauthorized')
  const there = await world(t, {}, { algorithms: ['SHA-512-256', 'SHA-256'], handler })
  for (challenge of challenges) {
    const before = there.backend.requests.length
    assert.equal((await get(there)).status, 502, challenge.slice(0, 60))
    assert.equal(there.backend.requests.length - before, 1)
  }
})

test('a backend that asked for a strong hash is not believed when it asks for a weak one', async (t) => {
  const strong = new DigestGuard({ algorithm: 'SHA-256' })
  const weak = new DigestGuard({ algorithm: 'MD5' })
  const there = await world(t, {}, { handler: strong.handler })
  assert.equal((await get(there)).status, 200)
  there.backend.handler = weak.handler
  assert.equal((await get(there)).status, 502)
  assert.deepEqual(weak.verdicts, ['wrong'])
})

test('a backend that is never content is tried twice with a credential', async (t) => {
  let count = 0
  const handler: Handler = (request) =>
    request.respond(
      '',
      [`WWW-Authenticate: Digest realm="r", nonce="n${count++}", qop="auth", algorithm=SHA-256, stale=true`],
      '401 Unauthorized',
    )
  const there = await world(t, {}, { handler })
  assert.equal((await get(there)).status, 502)
  assert.equal(count, 3)
})

test('a body that is sent twice is kept; one that cannot be is asked about first', async (t) => {
  const there = await world(t)
  const body = 'x'.repeat(1024 * 1024)
  assert.equal(seen(await post(there, body)).body.length, body.length)
  assert.deepEqual([there.backend.requests[0]?.method, there.guard.verdicts.join()], ['HEAD', 'challenged,right'])
  there.guard.expire()
  assert.equal(seen(await post(there, 'y'.repeat(200_000))).body.length, 200_000)
  there.guard.expire()
  const refused = await post(there, body)
  assert.deepEqual([refused.status, JSON.parse(refused.message.text).type], [503, 'urn:postern:refusal:backend-credential-unavailable'])
  assert.equal((await post(there, body)).status, 200)
})

test('with auth-int a body that is too large to know is refused', async (t) => {
  const there = await world(t, { qop: 'auth-int' })
  assert.equal((await get(there)).status, 200)
  assert.equal((await post(there, 'x'.repeat(1024 * 1024))).status, 413)
  // Also where its end is there at once.
  assert.equal((await post(there, 'x'.repeat(256 * 1024 + 1))).status, 413)
  assert.equal((await post(there, 'x'.repeat(256 * 1024))).status, 200)
  assert.ok(there.backend.requests.every(({ message }) => message.body.length <= 256 * 1024))
  assert.equal((await get(there)).status, 200)
})

test('a challenge with a body of its own, and one that never ends', async (t) => {
  const guard = new DigestGuard()
  let size = 10_000
  const handler: Handler = async (request) => {
    if (request.field('authorization') !== undefined) return void (await guard.handler(request))
    await request.whole
    const nonce = Buffer.from('any').toString('base64')
    request.write(
      `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="the realm", nonce="${nonce}", qop="auth", algorithm=SHA-256, opaque="${guard.opaque}"\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    request.write(`${size.toString(16)}\r\n${'z'.repeat(size)}\r\n${size < 50_000 ? '0\r\n\r\n' : ''}`)
  }
  for (size of [10_000, 200_000]) {
    const there = await world(t, {}, { handler })
    assert.equal((await post(there, 'body')).status, 200)
    assert.deepEqual(guard.verdicts.splice(0), ['stale', 'right'])
  }
})

test('a client that goes away meanwhile', async (t) => {
  const there = await world(t)
  const challenged = there.backend.once(async (request) => {
    await request.closed
  })
  const client = await Client.connect(there.gateway.port)
  client.send(requestText('GET', '/a/1'))
  const request = await challenged
  await client.destroy()
  await request.closed
  assert.equal((await get(there)).status, 200)
})
