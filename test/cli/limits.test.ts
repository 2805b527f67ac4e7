import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCli } from './run-cli.ts'
import { writeProjectFile } from './sample-project.ts'

function limitedProject(t: TestContext): string {
  const folder = temporaryFolder(t)
  writeProjectFile(
    folder,
    'api.yaml',
    `openapi: 3.1.0
info: { title: Pets, version: 1.0.0 }
x-postern: { throttle: { tier: Gold, by: api }, hardLimit: { production: { requests: 800, per: 1s } }, concurrency: { consumer: 5, wait: 250ms } }
paths:
  /pets:
    get: { operationId: list, x-postern: { throttle: Bronze }, responses: { '200': { description: All } } }
    post: { operationId: add, responses: { '201': { description: Made } } }
`,
  )
  writeProjectFile(
    folder,
    'policies.yaml',
    'tiers: { Gold: { requests: 5000, per: 1m }, Bronze: { requests: 10, per: 1m, algorithm: fixed } }\n',
  )
  writeProjectFile(
    folder,
    'postern.yaml',
    `name: shop
version: 1.0.0
apis: [{ definition: api.yaml, security: public, backend: "http://127.0.0.1:9001" }]
throttling: { unauthenticated: Bronze, application: Gold, replicas: 4 }
`,
  )
  return folder
}

test('every limit in the order of the levels, with whom it counts and where it is written', async (t) => {
  const { code, stdout } = await runCli(['limits', limitedProject(t)])
  assert.equal(code, 0)
  const rows = stdout.split('\n').map((row) => row.trim().split(/ {2,}/).slice(0, 6))
  assert.deepEqual(rows.slice(0, 6), [
    ['api', 'Pets', 'Gold', '5000 per 1m (sliding)', 'for all callers together', 'policies.yaml:1'],
    ['operation', 'list', 'Bronze', '10 per 1m (fixed)', 'for each consumer', 'policies.yaml:1'],
    ['subscription', 'each API, without a credential', 'Bronze', '10 per 1m (fixed)', 'for each address', 'policies.yaml:1'],
    ['application', 'all APIs', 'Gold', '5000 per 1m (sliding)', 'for each application, else each consumer', 'policies.yaml:1'],
    ['application', 'all APIs', 'Bronze', '10 per 1m (fixed)', 'for each application, else each consumer', 'policies.yaml:1'],
    ['backend', 'Pets, production backend', 'hardLimit', '800 per 1s (sliding)', 'for all callers together', 'api.yaml:3'],
  ])
  assert.match(stdout, /never exceeded in one gateway/)
  assert.match(stdout, /Pets +in flight at most 5 of each consumer; others wait up to 250ms +api.yaml:3/)
  assert.match(stdout, /application +the tier that the caller names; without one `Gold` holds, as with an unknown one/)
  assert.match(stdout, /counters +at most 100000/)
  assert.match(stdout, /store +local: each gateway counts for itself: limit × replicas/)
  assert.match(stdout, /replicas +4/)
  assert.match(stdout, /memory +at most \d{7,} bytes/)
  assert.match(stdout, /99\.9 % of it pass under full load, of \d+ callers .*limit × replicas = 5000 × 4 = 20000/)
})

test('the same as data, of a project and of its bundle', async (t) => {
  const folder = limitedProject(t)
  await runCli(['build', folder])
  const [project, bundle] = [await runCli(['limits', folder, '--json']), await runCli(['limits', join(folder, 'dist'), '--json'])]
  assert.equal(project.stdout, bundle.stdout)
  const { limits, capacity, callers, replicas, memoryBytes, rings } = JSON.parse(bundle.stdout)
  assert.ok(replicas === 4 && memoryBytes > 1_000_000 && rings > 1_000)
  assert.deepEqual([limits.length, limits[5].backend, capacity, callers.application.otherwise], [6, 'production', 100_000, 'Gold'])
})

test('a gateway without limits', async (t) => {
  const folder = temporaryFolder(t)
  writeProjectFile(folder, 'api.yaml', 'openapi: 3.1.0\ninfo: { title: Pets, version: 1.0.0 }\npaths: { /pets: { get: {} } }\n')
  writeProjectFile(
    folder,
    'postern.yaml',
    'name: shop\nversion: 1.0.0\napis: [{ definition: api.yaml, security: public, backend: "http://127.0.0.1:9001" }]\n',
  )
  assert.match((await runCli(['limits', folder])).stdout, /nothing is limited/)
  assert.deepEqual(JSON.parse((await runCli(['limits', folder, '--json'])).stdout), { limits: [], inFlight: [] })
})

test('the groups of a tier for callers without a credential, each for itself', async (t) => {
  const folder = limitedProject(t)
  const group = '{ when: { header: { X-Kiosk: any } }, limit: { requests: 60, per: 1h } }'
  writeProjectFile(
    folder,
    'policies.yaml',
    `tiers: { Gold: { requests: 5000, per: 1m }, Bronze: { requests: 10, per: 1m }, Visitor: { groups: [${group}], otherwise: Unlimited } }\n`,
  )
  writeProjectFile(
    folder,
    'postern.yaml',
    `name: shop
version: 1.0.0
apis: [{ definition: api.yaml, security: public, backend: "http://127.0.0.1:9001" }]
throttling: { unauthenticated: Visitor }
`,
  )
  const { code, stdout } = await runCli(['limits', folder])
  assert.equal(code, 0)
  const rows = stdout.split('\n').map((row) => row.trim().split(/ {2,}/).slice(0, 5))
  assert.deepEqual(
    rows.filter(([level]) => level === 'subscription'),
    [
      ['subscription', 'each API, without a credential', 'Visitor (header x-kiosk: any)', '60 per 1h (sliding)', 'for each address'],
      ['subscription', 'each API, without a credential', 'Visitor (otherwise)', 'no limit', 'for each address'],
    ],
  )
})
