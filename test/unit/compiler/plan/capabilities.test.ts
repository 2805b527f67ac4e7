import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Project } from '../../../../src/compiler/model/model.ts'
import type { Operation } from '../../../../src/compiler/model/types/operation.ts'
import { neededCapabilities } from '../../../../src/compiler/plan/capabilities.ts'
import { makePlan } from '../../../../src/compiler/plan/make-plan.ts'
import { api, at, backend, operation, project, throttle, tokenWith } from '../sample-project.ts'

function capabilitiesOf(changes: Partial<Operation>, projectChanges: Partial<Project> = {}) {
  return neededCapabilities(makePlan(project([api([operation('GET', '/a', changes)])], projectChanges)).plan)
}

test('a public operation with a plain backend needs nothing', () => {
  assert.deepEqual(capabilitiesOf({}), [])
})

test('each need brings its capability', () => {
  assert.deepEqual(capabilitiesOf({ security: tokenWith([]) }), ['jwt', 'credential-watch'])
  assert.deepEqual(capabilitiesOf({ throttle: throttle('Gold') }), ['throttle'])
  assert.deepEqual(capabilitiesOf({ throttle: throttle('Unlimited') }), [])
  assert.deepEqual(capabilitiesOf({}, { errors: 'wso2' }), ['wso2-errors'])
})

test('a backend that is or may become https needs TLS', () => {
  const needed = (...url: readonly (string | { setting: string })[]) => capabilitiesOf({ production: backend(url) })
  assert.deepEqual(needed('https://backend.example'), ['https-backend'])
  assert.deepEqual(needed('HTTPS://backend.example'), ['https-backend'])
  assert.deepEqual(needed({ setting: 'BACKEND_URL' }), ['https-backend'])
  assert.deepEqual(needed('http', { setting: 'REST' }), ['https-backend'])
  assert.deepEqual(needed('http://', { setting: 'HOST' }, ':9000'), [])
})

test('a sandbox backend counts as well', () => {
  assert.deepEqual(capabilitiesOf({ sandbox: backend(['https://sandbox.example']) }), ['https-backend'])
})

test('a backend that speaks HTTP/2 needs that', () => {
  const http2 = { url: ['http://backend.example'], http: '2', tls: null, credential: null } as const
  assert.deepEqual(capabilitiesOf({ production: { value: http2, at: at('postern.yaml', 5) } }), ['http2-backend'])
})
