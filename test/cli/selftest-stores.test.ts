/** Gateways that count together with others: one of them is tested alone, and what was put aside was compared before. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { manifestFor, takeApart, withPlan } from '../../src/cli/selftest/embedded-plan.ts'
import { selftest } from '../../src/cli/selftest/selftest.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-stores-'))

after(() => rmSync(folder, { recursive: true, force: true }))

writeFileSync(join(folder, 'policies.yaml'), 'tiers:\n  Gold: { requests: 5000, per: 1m }\n')
writeFileSync(
  join(folder, 'api.yaml'),
  `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
paths: { /items: { get: { x-postern: { throttle: Gold }, responses: { '200': { description: Items } } } } }
`,
)

/** What failed for the bundle as it was built, and for one that counts elsewhere than it certifies. */
async function failures(throttling: string, elsewhere: (plan: GatewayPlan['throttling']) => GatewayPlan['throttling']) {
  writeFileSync(
    join(folder, 'postern.yaml'),
    `name: shop\nversion: 1.0.0\napis: [{ definition: api.yaml, backend: "http://127.0.0.1:9000", security: public }]\n${throttling}`,
  )
  const result = await compile({ projectFolder: folder, now: new Date() })
  assert.ok(result.kind === 'compiled', JSON.stringify(result.diagnostics.sorted))
  const built = result.files['gateway.mjs']
  const text = takeApart(built)
  const other = withPlan(text, { ...text.plan, throttling: elsewhere(text.plan.throttling) })
  const found: string[][] = []
  for (const gateway of [built, other]) {
    const manifestText = gateway === built ? result.files['manifest.json'] : manifestFor(result.files['manifest.json'], gateway)
    const bundle = { gateway, manifestText, manifest: result.manifest }
    const { tested } = await selftest(bundle, mkdtempSync(join(folder, 'run-')), () => {})
    found.push(tested.flatMap(({ outcomes }) => outcomes.filter(({ kind }) => kind === 'failed').map((outcome) => outcome.test)))
  }
  return found
}

test('with a Traffic Manager', async () => {
  const found = await failures(
    `throttling:
  store: trafficManager
  trafficManager:
    events: { url: "\${TM_EVENTS_URL}" }
    data: { url: "\${TM_DATA_URL}" }
    decisions: { url: "\${TM_AMQP_URL}", topic: throttleData }
`,
    (plan) => ({ ...plan, trafficManager: { ...plan.trafficManager!, whenAway: 'allow' } }),
  )
  assert.deepEqual(found, [[], ['as certified: where limits are counted together']])
})

test('with a Redis', async () => {
  const found = await failures('throttling: { store: redis, url: "rediss://counts.internal:6379" }\n', (plan) => ({
    ...plan,
    store: { ...plan.store!, urls: [['rediss://other.internal:6379']] },
  }))
  assert.deepEqual(found, [[], ['as certified: where limits are counted together']])
})
