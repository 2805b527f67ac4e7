import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import type { BackendTokenPlan } from '../../../../src/contract/plan/backend-identity.ts'
import type { OperationPlan } from '../../../../src/contract/plan/operation.ts'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import { VerifiedToken } from '../../../../src/gateway/auth/verified-token.ts'
import { backendIdentityCapability } from '../../../../src/gateway/backend-identity/backend-identity.ts'
import type { BackendIdentity } from '../../../../src/gateway/capabilities/backend-identity.ts'
import type { Claims } from '../../../../src/gateway/claims.ts'
import { Consumer } from '../../../../src/gateway/consumer.ts'
import type { Exchange } from '../../../../src/gateway/exchange.ts'
import type { Grant } from '../../../../src/gateway/grant.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import type { ClientCertificate } from '../../../../src/gateway/listener/transport.ts'
import { Metrics } from '../../../../src/gateway/observability/metrics.ts'
import { makeCertificate } from '../../../certificate.ts'
import { ManualClock, sampleExchange } from '../sample-exchange.ts'
import { sampleIssuer, sampleOperation, samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const values = new Map([['KEY', String(privateKey.export({ type: 'pkcs8', format: 'pem' }))]])
const backendToken: BackendTokenPlan = {
  header: 'X-JWT-Assertion',
  key: [{ setting: 'KEY' }],
  algorithm: null,
  issuer: 'petstore',
  audiences: [],
  lifetime: 900_000,
  dialect: 'http://wso2.org/claims',
  claims: [],
}
const start = Date.UTC(2026, 0, 1)
const x509 = new X509Certificate(makeCertificate({ subject: 'client', notBefore: new Date(start), notAfter: new Date(start + 1_000) }))

type Rig = { readonly clock: ManualClock; readonly metrics: Metrics; readonly tell: (exchange: Exchange, operation?: number) => string }

function rig(parts: Partial<GatewayPlan> = {}, identities: readonly OperationPlan['identity'][] = [tokenOnly]): Rig {
  const plan = samplePlan({
    backendToken,
    issuers: [sampleIssuer()],
    apis: ['one', 'two'].map((name) => ({ name, version: '1', basePath: `/${name}` })),
    operations: identities.map((identity, index) => sampleOperation({ identity, api: index })),
    ...parts,
  })
  const clock = new ManualClock(start)
  const metrics = new Metrics(plan, 'sha256:test')
  const told: BackendIdentity = backendIdentityCapability.open({ ...sampleSurroundings(plan, clock, metrics), values })
  const steps = plan.operations.map((operation) => told.tell(operation, requestFields([], told.watchedFields), null))
  const tell: Rig['tell'] = (exchange, operation = 0) => {
    exchange.backendFields = ''
    assert.equal(steps[operation]!(exchange), undefined)
    return exchange.backendFields
  }
  return { clock, metrics, tell }
}

const tokenOnly = { token: true, fields: false, credential: false }

function verified(claims: Claims, expiresAt = start + 3_605_000): VerifiedToken {
  return new VerifiedToken(0, expiresAt, new Uint32Array(0), 'production', null, null, claims)
}

function exchangeWith(parts: Partial<Pick<Exchange, 'token' | 'apiKey' | 'user' | 'certificate' | 'subscription' | 'attached'>>): Exchange {
  return Object.assign(sampleExchange(), parts)
}

function grant(key: string, claims: Claims, expiresAt = Number.POSITIVE_INFINITY): Grant {
  return {
    scopeBits: new Uint32Array(0),
    consumer: new Consumer(key),
    keyType: null,
    user: null,
    tier: null,
    marks: null,
    claims,
    expiresAt,
  }
}

function certificate(thumbprint: string, notAfter = Number.POSITIVE_INFINITY): ClientCertificate {
  const rest = { x509, issuer: 'CN=CA', serial: '01', subjectAltNames: [], notBefore: 0, notAfter }
  return { thumbprint, consumer: new Consumer(`certificate:${thumbprint}`), subject: 'CN=client', ...rest }
}

function claimsIn(line: string): Readonly<Record<string, unknown>> {
  const [, token] = /^X-JWT-Assertion: ([\w-]+\.[\w-]+\.[\w-]+)\r\n$/.exec(line) ?? []
  assert.ok(token !== undefined, line)
  return decodeJwt(token)
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000)

test('a caller’s token is signed once, and sent as it is until it nears its end', () => {
  const { clock, metrics, tell } = rig()
  const token = verified({ sub: 'alice', exp: seconds(start) + 3_600 })
  const first = tell(exchangeWith({ token }))
  clock.advance(800_000)
  assert.equal(tell(exchangeWith({ token })), first)
  assert.equal(metrics.backendTokens?.signed, 1)
  clock.advance(20_000)
  const second = tell(exchangeWith({ token }))
  assert.notEqual(second, first)
  assert.deepEqual([claimsIn(first).exp, claimsIn(second).exp], [seconds(start) + 900, seconds(start) + 820 + 900])
  assert.deepEqual([metrics.backendTokens?.signed, metrics.backendTokens?.entries], [2, 1])
})

test('it never outlives the caller’s own token, by its own `exp`, and is then not made anew', () => {
  const { clock, metrics, tell } = rig()
  const token = verified({ sub: 'alice', exp: seconds(start) + 60 }, start + 65_000)
  const first = tell(exchangeWith({ token }))
  assert.equal(claimsIn(first).exp, seconds(start) + 60)
  clock.advance(64_000)
  assert.equal(tell(exchangeWith({ token })), first)
  assert.equal(metrics.backendTokens?.signed, 1)
})

test('nor any other of the caller’s credentials', () => {
  const { tell } = rig()
  const key = grant('consumer:partner', { sub: 'partner', client_id: 'k1' }, start + 30_000)
  const token = verified({ sub: 'alice', exp: seconds(start) + 60 })
  assert.equal(claimsIn(tell(exchangeWith({ apiKey: key }))).exp, seconds(start) + 30)
  assert.equal(claimsIn(tell(exchangeWith({ token, apiKey: key }))).exp, seconds(start) + 30)
  assert.equal(claimsIn(tell(exchangeWith({ token, certificate: certificate('ab', start + 20_000) }))).exp, seconds(start) + 20)
  assert.equal(claimsIn(tell(exchangeWith({ token: verified({}, start + 40_000) }))).exp, seconds(start) + 40)
})

test('whoever proves himself with something else is told as well', () => {
  const { tell } = rig()
  const user = grant('user:bob', { sub: 'bob', scope: 'read' })
  const apiKey = grant('consumer:partner', { sub: 'partner', client_id: 'k1', scope: 'write' })
  const told = (parts: Parameters<typeof exchangeWith>[0]): unknown[] => {
    const { sub, client_id, scope } = claimsIn(tell(exchangeWith(parts)))
    return [sub, client_id, scope]
  }
  assert.deepEqual(told({ user }), ['bob', undefined, 'read'])
  assert.deepEqual(told({ apiKey }), ['partner', 'k1', 'write'])
  assert.deepEqual(told({ certificate: certificate('ab') }), ['CN=client', undefined, undefined])
  assert.deepEqual(told({ user, apiKey }), ['bob', 'k1', 'read write'])
  assert.deepEqual(told({ token: verified({ sub: 'alice', azp: 'app', scope: 'a b' }), apiKey }), ['alice', 'app', 'a b write'])
})

test('nobody is told of an anonymous caller', () => {
  assert.equal(rig().tell(sampleExchange()), '')
})

test('each API is told in its own words, once', () => {
  const { metrics, tell } = rig({}, [tokenOnly, tokenOnly])
  const token = verified({ sub: 'alice' })
  const told = [0, 1, 0, 1].map((operation) => tell(exchangeWith({ token }), operation))
  assert.deepEqual([told[2], told[3]], [told[0], told[1]])
  assert.equal(claimsIn(told[1]!)['http://wso2.org/claims/apiname'], 'two')
  assert.equal(metrics.backendTokens?.signed, 2)
})

test('credentials that come together are another caller than each of them, and are remembered too', () => {
  const { metrics, tell } = rig()
  const token = verified({ sub: 'alice' })
  const apiKey = grant('consumer:partner', { sub: 'partner', client_id: 'k1' })
  for (let count = 0; count < 3; count++) for (const parts of [{ token }, { token, apiKey }]) tell(exchangeWith(parts))
  assert.equal(metrics.backendTokens?.signed, 2)
})

test('two API keys beside one token are two callers', () => {
  const { tell } = rig()
  const token = verified({ sub: 'alice' })
  const keys = ['read', 'write'].map((scope) => grant('consumer:partner', { sub: 'partner', scope }))
  const scopes = keys.map((apiKey) => claimsIn(tell(exchangeWith({ token, apiKey }))).scope)
  assert.deepEqual(scopes, ['read', 'write'])
})

test('a token that does not say whose it is tells each address as its own', () => {
  const consumerFields = [{ name: 'X-Consumer-Id', value: { kind: 'fact', fact: 'consumer' } }] as const
  const { tell } = rig({ consumerFields }, [{ token: false, fields: true, credential: false }])
  const token = verified({ scope: 'a' })
  const told = ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((address) => tell(Object.assign(sampleExchange(null, address), { token })))
  assert.deepEqual(
    told,
    ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((address) => `X-Consumer-Id: address:${address}\r\n`),
  )
})

test('a certificate is known again on another connection', () => {
  const { metrics, tell } = rig()
  assert.equal(tell(exchangeWith({ certificate: certificate('ab') })), tell(exchangeWith({ certificate: certificate('ab') })))
  assert.equal(metrics.backendTokens?.signed, 1)
})

test('what extensions attach is in it, and what they attach next is not forgotten', () => {
  const { metrics, tell } = rig()
  const token = verified({ sub: 'alice' })
  const levels = [1, 2, 1].map((level) => claimsIn(tell(exchangeWith({ token, attached: { level } }))).level)
  assert.deepEqual(levels, [1, 2, 1])
  assert.equal(metrics.backendTokens?.signed, 2)
})

test('what the application is subscribed to counts more than what the token says of it', () => {
  const { metrics, tell } = rig()
  const token = verified({ sub: 'alice', application: { id: 1, name: 'Token' } })
  const application = { id: '17', uuid: null, name: 'File', owner: 'bob', tier: null }
  const subscription = { application, tier: 'Gold', keyType: 'sandbox' } as const
  const dialect = 'http://wso2.org/claims'
  for (let count = 0; count < 2; count++) {
    const told = claimsIn(tell(exchangeWith({ token, subscription })))
    assert.deepEqual(
      ['applicationid', 'applicationname', 'subscriber', 'tier', 'keytype'].map((name) => told[`${dialect}/${name}`]),
      ['17', 'File', 'bob', 'Gold', 'SANDBOX'],
    )
    assert.equal(claimsIn(tell(exchangeWith({ token })))[`${dialect}/applicationname`], 'Token')
  }
  assert.equal(metrics.backendTokens?.signed, 2)
})

test('an extension that never attaches the same twice fills no memory', () => {
  const { metrics, tell } = rig()
  const token = verified({ sub: 'alice' })
  for (let level = 0; level < 500; level++) tell(exchangeWith({ token, attached: { level } }))
  assert.deepEqual([metrics.backendTokens?.signed, metrics.backendTokens?.entries], [500, 1])
})

test('the callers that are remembered are bounded', () => {
  const consumerFields = [{ name: 'X-User', value: { kind: 'fact', fact: 'subject' } }] as const
  const { metrics, tell } = rig({ consumerFields }, [{ token: false, fields: true, credential: false }])
  for (let count = 0; count < 10_500; count++) assert.equal(tell(exchangeWith({ token: verified({ sub: 'a' }) })), 'X-User: a\r\n')
  assert.deepEqual([metrics.backendTokens?.signed, metrics.backendTokens?.entries], [0, 10_000])
})

test('so are the bytes of their claims', () => {
  const consumerFields = [{ name: 'X-User', value: { kind: 'fact', fact: 'subject' } }] as const
  const { metrics, tell } = rig({ consumerFields }, [{ token: false, fields: true, credential: false }])
  for (let count = 0; count < 1_000; count++) tell(exchangeWith({ token: verified({ sub: 'a', roles: 'x'.repeat(12_000) }) }))
  assert.ok(metrics.backendTokens!.entries < 700, String(metrics.backendTokens?.entries))
})

test('an operation may get the fields and not the token, or both', () => {
  const consumerFields = [{ name: 'X-User', value: { kind: 'fact', fact: 'subject' } }] as const
  const fieldsOnly = { token: false, fields: true, credential: false }
  const both = rig({
    consumerFields,
    operations: [
      sampleOperation({ identity: fieldsOnly }),
      sampleOperation({ identity: tokenOnly }),
      sampleOperation({ identity: { ...fieldsOnly, token: true } }),
    ],
  })
  const token = verified({ sub: 'alice' })
  const [fields, alone, together] = [0, 1, 2].map((operation) => both.tell(exchangeWith({ token }), operation))
  assert.equal(fields, 'X-User: alice\r\n')
  assert.equal(together, `${alone}${fields}`)
  assert.equal(both.metrics.backendTokens?.signed, 1)
})

test('the key set is the public half, and a plan without tokens has none', () => {
  const plan = samplePlan({ backendToken })
  const { keys } = JSON.parse(backendIdentityCapability.keySet(plan, values)!)
  assert.deepEqual(Object.keys(keys[0]).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  assert.equal(backendIdentityCapability.keySet(samplePlan(), new Map()), null)
})

test('threads that start later sign with the key that the first one has read', () => {
  const memory = new Map<string, SharedArrayBuffer>()
  const open = (key: string): string => {
    const plan = samplePlan({ backendToken, issuers: [sampleIssuer()], operations: [sampleOperation({ identity: tokenOnly })] })
    const shared = (name: string, make: () => SharedArrayBuffer): SharedArrayBuffer => {
      const buffer = memory.get(name) ?? make()
      memory.set(name, buffer)
      return buffer
    }
    const metrics = new Metrics(plan, 'sha256:test')
    const own = { shared, values: new Map([['KEY', key]]) }
    const told = backendIdentityCapability.open({ ...sampleSurroundings(plan, new ManualClock(start), metrics), ...own })
    const exchange = exchangeWith({ token: verified({ sub: 'alice' }) })
    told.tell(plan.operations[0]!, requestFields([]), null)!(exchange)
    return exchange.backendFields.split('.')[0]!
  }
  assert.equal(open(values.get('KEY')!), open('/gone'))
})
