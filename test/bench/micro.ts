/** What the capability rooms add to a request, in nanoseconds of CPU time. `node test/bench/micro.ts`; figures of one run compare with one another only. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { jwtCapability } from '../../src/gateway/auth/jwt.ts'
import { systemClock } from '../../src/gateway/clock.ts'
import type { Exchange, Step } from '../../src/gateway/exchange.ts'
import { requestFields } from '../../src/gateway/http1/request-fields.ts'
import { accessLine } from '../../src/gateway/observability/access-line.ts'
import { Log } from '../../src/gateway/observability/log.ts'
import { Metrics } from '../../src/gateway/observability/metrics.ts'
import { throttleCapability } from '../../src/gateway/throttle/throttle.ts'
import { sampleExchange } from '../unit/gateway/sample-exchange.ts'
import { sampleIssuer, sampleLimit, sampleOperation, samplePlan, tokenSecurity } from '../unit/gateway/sample-plan.ts'
import { sampleSurroundings } from '../unit/gateway/sample-surroundings.ts'
import { noThrottling } from '../wire/plan.ts'

const rounds = 300_000
const tokens = 1_000

const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
const { kty, n, e } = await exportJWK(publicKey)
const sliding = { unit: 'requests', amount: 1_000_000_000, window: 60_000, algorithm: 'sliding' } as const
const plan = samplePlan({
  issuers: [sampleIssuer({ keys: [{ kid: 'k1', algorithms: ['RS256'], jwk: { kty: kty!, n: n!, e: e! }, notAfter: null }] })],
  scopes: ['read:pets', 'write:pets'],
  throttling: {
    ...noThrottling,
    limits: [
      sampleLimit({ windows: [sliding] }),
      sampleLimit({ tier: 'Api', level: 'api', windows: [{ ...sliding, algorithm: 'fixed' }] }),
      sampleLimit({ tier: 'Full', windows: [{ ...sliding, amount: 1 }] }),
      sampleLimit({ tier: 'Sub', level: 'subscription', by: 'application', windows: [sliding] }),
      sampleLimit({ tier: 'App', level: 'application', by: 'application', windows: [sliding] }),
      sampleLimit({ tier: 'hardLimit', level: 'backend', by: 'api', windows: [sliding] }),
      sampleLimit({ tier: 'Even', windows: [{ ...sliding, algorithm: 'gcra', burst: 1_000_000 }] }),
      sampleLimit({ tier: 'Bytes', windows: [{ ...sliding, unit: 'bytes' }] }),
    ],
    subscription: { tiers: [{ name: 'Sub', limit: 3, groups: [] }], otherwise: 0, unknown: 'otherwise' },
    application: { tiers: [{ name: 'App', limit: 4, groups: [] }], otherwise: 0, unknown: 'otherwise' },
    capacity: 65_536,
  },
  operations: [
    sampleOperation({ security: tokenSecurity({ alternatives: [{ issuers: [0], scopes: [0], certificate: false }] }), limits: [0] }),
    sampleOperation({ id: 'two', limits: [0, 1] }),
    sampleOperation({ id: 'fixed', limits: [1] }),
    sampleOperation({ id: 'refused', limits: [2] }),
    sampleOperation({ id: 'five', limits: [0, 1], callerLimits: true, hardLimits: { production: 5, sandbox: null }, limited: true }),
    sampleOperation({ id: 'gcra', limits: [6] }),
    sampleOperation({ id: 'bytes', limits: [7] }),
  ],
})
const metrics = new Metrics(plan, 'sha256:bench')
const surroundings = sampleSurroundings(plan, systemClock, metrics)
const authentication = await jwtCapability(surroundings, null)
const throttling = throttleCapability(surroundings)

/** Whole heads, decoded anew for each request as the engine does, so that no text has its hash yet. */
const heads: Buffer[] = []
for (let index = 0; index < tokens; index++) {
  const token = await new SignJWT({ scope: 'read:pets write:pets', azp: `client-${index}`, email: 'x'.repeat(150) })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'at+jwt' })
    .setIssuer('https://idp.example.com')
    .setAudience('petstore')
    .setSubject('someone')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey)
  heads.push(Buffer.from(`GET /petstore/v1/pet/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\n`))
}
const start = heads[0]!.indexOf('Bearer')
const exchanges = heads.map(() => sampleExchange())

function credential(index: number): string {
  const text = heads[index]!.toString('latin1')
  return text.slice(start, text.indexOf('\r', start))
}

const [authenticate, authorise] = [authentication.authenticate(plan.operations[0]!)!, authentication.authorise(plan.operations[0]!)!]
for (const [index, exchange] of exchanges.entries()) {
  exchange.credential = credential(index)
  const refusal = await authenticate(exchange)
  if (refusal !== undefined) throw new Error(refusal.reason)
}

/** The best of several turns in CPU time: the machine is shared. */
function measure(name: string, work: (exchange: Exchange, index: number) => unknown): void {
  let best = Infinity
  for (let turn = 0; turn < 7; turn++) {
    const startedAt = process.cpuUsage()
    for (let round = 0; round < rounds; round++) work(exchanges[round % tokens]!, round % tokens)
    const used = process.cpuUsage(startedAt)
    best = Math.min(best, ((used.user + used.system) * 1_000) / rounds)
  }
  console.log(`${name.padEnd(48)} ${best.toFixed(0).padStart(6)} ns`)
}

function measureThrottle(name: string, operation: number): void {
  const step: Step = throttling.throttle(plan.operations[operation]!, requestFields([]))!
  measure(name, (exchange) => {
    exchange.answerFields = ''
    const end = step(exchange)
    exchange.keepSpent()
    return end
  })
}

measure('decode a head and cut the credential out (base)', (exchange, index) => {
  exchange.credential = credential(index)
})
measure('base + authenticate, token known', (exchange, index) => {
  exchange.credential = credential(index)
  return authenticate(exchange)
})
measure('authorise, one scope', (exchange) => authorise(exchange))
measureThrottle('throttle, one sliding window', 0)
measureThrottle('throttle, one fixed window', 2)
measureThrottle('throttle, one sliding and one fixed window', 1)
measureThrottle('throttle, refused', 3)
measureThrottle('throttle, five levels', 4)
measureThrottle('throttle, gcra', 5)
measureThrottle('throttle, bandwidth without its charges', 6)
for (const exchange of exchanges) throttling.throttle(plan.operations[6]!, requestFields([]))!(exchange)
measure('throttle, one charge to a bandwidth', (exchange) => {
  exchange.meter!.charge(1)
  return undefined
})
measure('metrics.requestDone', () => metrics.requestDone(0, 200, 0.7))

const record = {
  requestId: '0123456789abcdef-1',
  protocol: '1.1' as const,
  method: 'GET',
  path: '/petstore/v1/pet/1',
  operation: 'getPet',
  status: 200,
  grpcStatus: null,
  refusal: null,
  milliseconds: 1.234,
  bytesIn: 0,
  bytesOut: 150,
  address: '192.0.2.1',
  consumer: 'client:0:client-1',
  upstream: 0,
  tries: 1,
  aborted: false,
  tunnelEnd: '',
  revocationEpoch: -1,
  overQuota: '',
}
measure('access line, made', () => accessLine('{"time":"2026-01-01T00:00:00.000Z","gateway":"0123456789ab","level":"', record))
const log = new Log(systemClock, 'info', 'sha256:bench', {
  write: (_bytes, done) => done(),
  writeSync: (bytes) => bytes.length,
})
measure('access line, made and encoded', () => log.access(record))
