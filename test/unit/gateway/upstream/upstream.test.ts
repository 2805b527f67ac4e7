import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Backend } from '../../../wire/backend.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { limits, planOf } from '../../../wire/plan.ts'

let backend: Backend

before(async () => {
  backend = await Backend.start()
})
after(() => backend.stop())

test('where nobody may wait, connections are still opened, and one request too many is refused', async () => {
  const plan = planOf([backend.url], {
    operations: [{ method: 'GET', template: '/pets' }],
    limits: { ...limits, maxUpstreamConnections: 1, maxUpstreamWaiting: 0 },
  })
  const gateway = await LocalGateway.start(plan)
  const url = `http://127.0.0.1:${gateway.port}/pets`
  try {
    const held = backend.once(() => {})
    const first = fetch(url)
    const request = await held
    const second = await fetch(url)
    assert.deepEqual([second.status, ((await second.json()) as { code: number }).code], [503, 101503])
    request.respond('done')
    assert.equal(await (await first).text(), 'done')
    assert.equal((await fetch(url)).status, 200)
  } finally {
    await gateway.stop()
  }
})
