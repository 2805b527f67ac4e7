import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VerifiedToken } from '../../../src/gateway/auth/verified-token.ts'
import type { CredentialWatch } from '../../../src/gateway/capabilities/credential-watch.ts'
import type { Step } from '../../../src/gateway/exchange.ts'
import { startGateway } from '../../../src/gateway/main.ts'
import { Backend } from '../../wire/backend.ts'
import { anyPort } from '../../wire/gateway.ts'
import { planOf } from '../../wire/plan.ts'
import { tokenSecurity } from './sample-plan.ts'

test('a token that is revoked while a step waits opens nothing', async () => {
  const backend = await Backend.start()
  let revoked = false
  const admitting: Step = async (exchange) => {
    exchange.token = new VerifiedToken(0, Number.POSITIVE_INFINITY, new Uint32Array(1), 'production', null)
    return undefined
  }
  const waiting: Step = async () => {
    revoked = true
    return undefined
  }
  const watch: CredentialWatch = {
    sweep: () => {},
    ended: ({ token }) => (revoked && token !== null ? 'revoked' : null),
    refusal: (reason) => ({ kind: 'credential-invalid', fields: '', reason }),
  }
  const gateway = await startGateway(
    planOf([backend.url], { operations: [{ method: 'GET', template: '/pets', security: tokenSecurity() }] }),
    {
      jwt: async () => ({
        authenticate: () => admitting,
        authorise: () => waiting,
        tokenOf: () => assert.fail(),
        barringEntry: () => null,
      }),
      'credential-watch': () => watch,
    },
    {
      digest: 'sha256:00',
      manifest: Buffer.from('{}'),
      environment: anyPort,
      logSink: { write: (_bytes, done) => done(), writeSync: (bytes) => bytes.length },
    },
  )
  try {
    assert.equal((await fetch(`http://127.0.0.1:${gateway.httpPort}/pets`)).status, 401)
    assert.equal(backend.requests.length, 0)
  } finally {
    await gateway.drain()
    await backend.stop()
  }
})
