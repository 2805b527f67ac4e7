import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'

const api = `openapi: 3.0.3
info: { title: Sample, version: 1.0.0 }
paths: { /pets: { get: { security: [], x-postern: { throttle: Ten }, responses: { '200': { description: fine } } } } }
`

function limited(lines: string): ProjectFiles {
  return projectWith(lines, { 'api.yaml': api, 'policies.yaml': 'tiers: { Ten: { requests: 10, per: 1s } }\n' })
}

function found(lines: string): readonly string[] {
  return findings(limited(lines)).map(({ at, severity, code, message }) => `${at.line} ${severity} ${code} ${message}`)
}

test('each replica counts for itself', () => {
  assert.deepEqual(diagnose(limited('kubernetes: { replicas: { max: 3 } }\n')), [
    'postern.yaml:6:25 warning counted-per-replica #/kubernetes/replicas',
  ])
  assert.deepEqual(found('kubernetes: { replicas: { max: 3 } }\n'), [
    '6 warning counted-per-replica each gateway counts for itself: up to 4 times what a limit says passes',
  ])
})

test('all count together, or there is no cluster, or it is waived', () => {
  assert.deepEqual(found('kubernetes: {}\nthrottling: { store: redis, url: "redis://127.0.0.1:6379", replicas: 5 }\n'), [])
  assert.deepEqual(found(''), [])
  const waiver = '{ rule: counted-per-replica, at: "#/kubernetes", reason: rough, until: 2099-01-01 }'
  assert.deepEqual(found(`kubernetes: {}\nwaivers: [${waiver}]\n`), [])
})
