import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { credentialWatchCapability } from '../../../src/gateway/credential-watch.ts'
import type { Step } from '../../../src/gateway/exchange.ts'
import { startGateway } from '../../../src/gateway/main.ts'
import { Backend } from '../../wire/backend.ts'
import { anyPort } from '../../wire/gateway.ts'
import { planOf } from '../../wire/plan.ts'

const secret = 'Bearer do-not-log-me'
const throwing: Step = ({ credential }) => {
  throw new TypeError(`cannot read ${credential}`)
}
const rejecting: Step = async (exchange) => throwing(exchange)

const security = {
  kind: 'token',
  header: 'authorization',
  alternatives: [],
  anonymous: false,
  certificateSuffices: false,
  dpop: false,
} as const
let backend: Backend

before(async () => {
  backend = await Backend.start()
})
after(() => backend.stop())

for (const [how, step] of [
  ['throws', throwing],
  ['rejects', rejecting],
] as const) {
  test(`a step that ${how} is answered with 500, is logged without what the request held, and nothing is forwarded`, async () => {
    const lines: string[] = []
    const take = (bytes: Uint8Array): number => lines.push(Buffer.from(bytes).toString()) && bytes.length
    const plan = planOf([backend.url], { operations: [{ method: 'GET', template: '/pets', security }] })
    const gateway = await startGateway(
      plan,
      {
        jwt: async () => ({ authenticate: () => step, authorise: () => null, tokenOf: () => assert.fail(), barringEntry: () => null }),
        'credential-watch': credentialWatchCapability,
      },
      {
        digest: 'sha256:00',
        manifest: Buffer.from('{}'),
        environment: anyPort,
        logSink: {
          write: (bytes, done) => {
            take(bytes)
            done()
          },
          writeSync: take,
        },
      },
    )
    try {
      const response = await fetch(`http://127.0.0.1:${gateway.httpPort}/pets`, { headers: { Authorization: secret } })
      assert.equal(response.status, 500)
      assert.equal(((await response.json()) as { code: number }).code, 900900)
      assert.equal(backend.requests.length, 0)
    } finally {
      await gateway.drain()
    }
    const log = lines.join('')
    assert.match(log, /"event":"bug"/)
    assert.doesNotMatch(log, /do-not-log-me/)
  })
}
