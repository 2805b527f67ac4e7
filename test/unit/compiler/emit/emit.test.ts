import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emit } from '../../../../src/compiler/emit/emit.ts'
import { neededCapabilities } from '../../../../src/compiler/plan/capabilities.ts'
import { makePlan } from '../../../../src/compiler/plan/make-plan.ts'
import { api, operation, project, throttle, tokenWith } from '../sample-project.ts'

function emitted(operationId: string | null, secured: boolean) {
  const changes = secured ? { operationId, security: tokenWith(['read']), throttle: throttle('Gold') } : { operationId }
  const { plan } = makePlan(project([api([operation('GET', '/a', changes)])]))
  return emit(plan, neededCapabilities(plan))
}

test('the entry imports the capabilities that the plan needs', () => {
  const entry = emitted(null, true)['entry.ts']
  assert.match(entry, /^import \{ jwtCapability \} from 'postern:gateway\/auth\/jwt'$/m)
  assert.match(entry, /^ {2}'throttle': throttleCapability,$/m)
  assert.doesNotMatch(entry, /tlsCapability|wso2/)
})

test('a plan that needs none gets none', () => {
  assert.doesNotMatch(emitted(null, false)['entry.ts'], /Capability/)
})

test('text from a definition is in the plan only, never in code', () => {
  const hostile = "'});process.exit();//{{constructor}}${0}`"
  const files = emitted(hostile, true)
  assert.equal(files['entry.ts'], emitted(null, true)['entry.ts'])
  assert.equal(JSON.parse(files['plan.json']).operations[0].id, hostile)
})
