import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import type { UpgradePlan } from '../../../../src/contract/plan/upgrade.ts'
import { Backend } from '../../../wire/backend.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { nextSwitch } from '../../../wire/upgrade.ts'

const upgrade: UpgradePlan = {
  protocol: 'websocket',
  idle: 60_000,
  life: 0,
  tokenProtocol: null,
  maxFrame: 1024,
  limit: null,
  perConsumer: 100,
}

test('a switch of protocols with a backend that asks for Digest', async (t) => {
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'
  const first = backend.once((request) => request.respond('no', [challenge], '401 Unauthorized'))
  const switched = nextSwitch(backend)
  const credential = { kind: 'digest', user: ['gateway'], password: [{ setting: 'PASSWORD' }], algorithms: ['SHA-256'] } as const
  const plan = planOf([], {
    upstreams: [{ url: [backend.url], http: '1.1', tls: null, credential }],
    settings: [{ name: 'PASSWORD', default: null, usedFor: ['test'] }],
    operations: [{ method: 'GET', template: '/chat', upgrade }],
  })
  const gateway = await LocalGateway.start(plan, { environment: { PASSWORD: 'secret' } })
  t.after(() => gateway.stop())
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/chat`)
  await once(socket, 'open')
  assert.equal((await first).field('authorization'), undefined)
  const { request } = await switched
  assert.match(request.field('authorization') ?? '', /^Digest username="gateway".*uri="\/chat".*nc=00000001/)
  socket.terminate()
})
