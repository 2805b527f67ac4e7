import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cors } from '../../../../src/compiler/model/types/operation.ts'
import { neededCapabilities } from '../../../../src/compiler/plan/capabilities.ts'
import { planCors } from '../../../../src/compiler/plan/cors.ts'
import { makePlan } from '../../../../src/compiler/plan/make-plan.ts'
import type { OperationPlan } from '../../../../src/contract/plan/operation.ts'
import { api, at, operation, project } from '../sample-project.ts'

const cors: Cors = {
  origins: ['https://a.example'],
  methods: ['GET'],
  headers: ['x-own'],
  expose: ['ETag', 'retry-after'],
  credentials: false,
  maxAge: 600,
}
const get: Pick<OperationPlan, 'method' | 'security' | 'limited'> = { method: 'GET', security: { kind: 'public' }, limited: false }

test('what the gateway adds to an operation’s answers is exposed, each name once', () => {
  assert.deepEqual(planCors(cors, get).expose, ['X-Request-Id', 'Retry-After', 'ETag'])
  assert.deepEqual(planCors(cors, { ...get, limited: true }).expose, [
    'X-Request-Id',
    'Retry-After',
    'RateLimit',
    'RateLimit-Policy',
    'ETag',
  ])
  const security = {
    kind: 'token',
    header: 'authorization',
    alternatives: [],
    anonymous: false,
    certificateSuffices: false,
    dpop: false,
  } as const
  assert.ok(planCors(cors, { ...get, security }).expose.includes('WWW-Authenticate'))
  assert.deepEqual(planCors({ ...cors, expose: ['ETag', '*'] }, { ...get, security }).expose, ['*'])
})

test('an operation whose method is not listed is for no origin', () => {
  const nobody = { origins: [], headers: [], expose: [], credentials: false, maxAge: null }
  assert.deepEqual(planCors({ ...cors, credentials: true }, { ...get, method: 'PUT' }), nobody)
  assert.deepEqual(planCors({ ...cors, methods: 'any' }, { ...get, method: 'PUT' }).origins, cors.origins)
})

test('operations with the same rules share them, and only a gateway with some has the capability', () => {
  const placed = { value: cors, at: at('api.yaml', 3) }
  const operations = ['/a', '/b', '/c'].map((path) => operation('GET', path, { cors: path === '/c' ? null : placed }))
  const { plan } = makePlan(project([api(operations)]))
  assert.deepEqual([plan.cors.length, plan.operations.map((each) => each.cors)], [1, [0, 0, null]])
  assert.deepEqual(neededCapabilities(plan), ['cors'])
})
