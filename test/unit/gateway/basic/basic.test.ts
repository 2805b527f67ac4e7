import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Backend } from '../../../wire/backend.ts'
import { ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'
import { ManualClock } from '../sample-exchange.ts'

test('a password that clients compose in different ways is the same one, whichever came last', async (t) => {
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const hash = createHash('sha256').update('päss'.normalize('NFC')).digest('hex')
  const alternatives = [{ token: null, apiKey: null, basic: { scopes: [] }, certificate: false }]
  const security = { kind: 'credentials', header: 'authorization', apiKeyPlaces: [], alternatives, anonymous: false, dpop: false } as const
  const plan = planOf([backend.url], {
    operations: [{ method: 'GET', template: '/', security }],
    users: [{ name: 'alice', password: { kind: 'sha256', hash }, scopes: [] }],
  })
  const gateway = await LocalGateway.start(plan)
  t.after(() => gateway.stop())
  const status = async (password: string): Promise<number> => {
    const field = `Authorization: Basic ${Buffer.from(`alice:${password}`).toString('base64')}`
    return (await ask(gateway.port, requestText('GET', '/', [field]))).status
  }
  for (const form of ['NFC', 'NFD', 'NFC', 'NFC', 'NFD']) assert.equal(await status('päss'.normalize(form)), 200, form)
  assert.equal(await status('pass'), 401)
})

test('who guesses from one address keeps nobody out who calls from another; all addresses together are slowed down too', async (t) => {
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const hash = createHash('sha256').update('secret').digest('hex')
  const alternatives = [{ token: null, apiKey: null, basic: { scopes: [] }, certificate: false }]
  const security = { kind: 'credentials', header: 'authorization', apiKeyPlaces: [], alternatives, anonymous: false, dpop: false } as const
  const plan = planOf([backend.url], {
    operations: [{ method: 'GET', template: '/', security }],
    users: [{ name: 'alice', password: { kind: 'sha256', hash }, scopes: [] }],
    trustedProxies: ['127.0.0.1'],
  })
  const gateway = await LocalGateway.start(plan, { clock: new ManualClock() })
  t.after(() => gateway.stop())
  const status = async (address: string, password: string): Promise<number> => {
    const fields = [`Authorization: Basic ${btoa(`alice:${password}`)}`, `X-Forwarded-For: ${address}`]
    return (await ask(gateway.port, requestText('GET', '/', fields))).status
  }
  for (let guess = 0; guess < 5; guess++) assert.equal(await status('203.0.113.1', `guess ${guess}`), 401)
  assert.equal(await status('203.0.113.1', 'secret'), 429)
  assert.equal(await status('203.0.113.2', 'secret'), 200)
  // Four of each address count for the user.
  for (let guess = 0; guess < 96; guess++) assert.equal(await status(`198.51.100.${guess}`, 'wrong'), 401, String(guess))
  assert.equal(await status('192.0.2.1', 'wrong'), 429)
  assert.equal(await status('203.0.113.2', 'secret'), 200)
})
