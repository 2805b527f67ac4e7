/** Requests made from the templates of real definitions go through a running gateway and reach the operation that they should. */
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makePlan } from '../../src/compiler/plan/make-plan.ts'
import type { PathSegment } from '../../src/contract/plan/operation.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { Backend, type Seen } from '../wire/backend.ts'
import { Client } from '../wire/client.ts'
import { anyPort, LocalGateway } from '../wire/gateway.ts'
import { requestText } from '../wire/request-text.ts'
import { checkDefinition } from './corpus-project.ts'
import { githubDefinition } from './github-definition.ts'

const examples = fileURLToPath(new URL('../../node_modules/@readme/oas-examples', import.meta.url))
let backend: Backend

before(async () => {
  backend = await Backend.start()
})
after(() => backend.stop())

/** A segment that fits: no definition has this text as a literal. */
function fitting(segment: PathSegment): string {
  if (segment.kind === 'literal') return segment.text
  return segment.kind === 'parameter' ? 'x7%2Fy' : segment.literals.join('x7')
}

/** The plan with every operation open to all and with this backend: who may call is tested elsewhere. */
function opened(plan: GatewayPlan): GatewayPlan {
  const operations = plan.operations.map((operation) => ({
    ...operation,
    security: { kind: 'public' } as const,
    production: { upstream: 0 },
  }))
  return { ...plan, operations, upstreams: [{ url: [`${backend.url}/behind`], http: '1.1', tls: null, credential: null }] }
}

async function requestEach(plan: GatewayPlan): Promise<void> {
  const gateway = await LocalGateway.start(opened(plan), { environment: anyPort })
  const client = await Client.connect(gateway.port)
  try {
    for (const { method, path, id, api } of plan.operations) {
      const target = `/${path.map(fitting).join('/')}`
      const { status, message } = await client.request(requestText(method, `${target}?q=1`))
      assert.equal(status, 200, `${method} ${target}`)
      if (method !== 'HEAD') {
        const seen: Seen = JSON.parse(message.body.toString())
        const rest = target.slice(plan.apis[api]!.basePath.length)
        assert.deepEqual([seen.method, seen.target], [method, `/behind${rest}?q=1`])
      }
      assert.equal(gateway.accessLines.at(-1)?.operation, id)
      gateway.forgetLog()
    }
  } finally {
    await client.destroy()
    await gateway.stop()
  }
}

for (const file of globSync('*/json/*.json', { cwd: examples }).sort()) {
  test(file, async (t) => {
    const { errors, operations, project } = checkDefinition(join(examples, file), temporaryFolder(t))
    // Why a definition is refused is tested with the other examples.
    if (errors.length > 0 || project === null || operations.length === 0) return t.skip('refused')
    await requestEach(makePlan(project).plan)
  })
}

test('GitHub’s API', async (t) => {
  const file = await githubDefinition().catch(() => null)
  if (file === null) return t.skip('it cannot be fetched')
  const { project } = checkDefinition(file, temporaryFolder(t))
  assert.ok(project !== null)
  await requestEach(makePlan(project).plan)
})
