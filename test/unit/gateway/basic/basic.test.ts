import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Backend } from '../../../wire/backend.ts'
import { ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'

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
