import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeGateway } from '../../../../src/compiler/bundle/make-gateway.ts'
import { emit } from '../../../../src/compiler/emit/emit.ts'
import type { Operation } from '../../../../src/compiler/model/types/operation.ts'
import { neededCapabilities } from '../../../../src/compiler/plan/capabilities.ts'
import { makePlan } from '../../../../src/compiler/plan/make-plan.ts'
import { api, operation, project, tokenWith } from '../sample-project.ts'

const manifestDigest = 'a'.repeat(64)

async function gatewayOf(changes: Partial<Operation>): Promise<string> {
  const { plan } = makePlan(project([api([operation('GET', '/a', changes)])]))
  const capabilities = neededCapabilities(plan)
  const { text } = await makeGateway(emit(plan, capabilities), manifestDigest, capabilities, new Map())
  return text
}

test('the gateway knows its manifest, and says what it is', async () => {
  const text = await gatewayOf({})
  assert.match(text, /^\/\/ A gateway, built by Postern/)
  assert.ok(text.includes(manifestDigest))
})

test('text of the definition is data: the code around it is the same whatever it says', async () => {
  const hostile = '"`${process.exit()}\'});//\\u2028\u2028</script>*/'
  const withoutPlan = (text: string) => text.replace(/^var plan_default = .*$/m, '')
  const [plain, attacked] = await Promise.all([gatewayOf({ operationId: 'plain' }), gatewayOf({ operationId: hostile })])
  assert.equal(withoutPlan(attacked), withoutPlan(plain))
  assert.notEqual(attacked, plain)
})

test('a package comes with its licence, and without the package the licence is not there', async () => {
  assert.match(await gatewayOf({ security: tokenWith([]) }), /^jose\n\n.*MIT License/ms)
  assert.doesNotMatch(await gatewayOf({}), /MIT License/)
})
