import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

function cluster(lines: string): readonly string[] {
  return diagnose(projectWith(`kubernetes: { replicas: { max: 4 } }\n${lines}`))
}

const found = ['postern.yaml:6:25 error kubernetes-replicas #/kubernetes/replicas']

test('more gateways run at the same time than the project says, one more while a version is rolled out', () => {
  const redis = (replicas: number): string => `throttling: { store: redis, url: "redis://127.0.0.1:6379", replicas: ${replicas} }\n`
  assert.deepEqual(cluster(redis(4)), found)
  assert.deepEqual(cluster(redis(5)), [])
})

test('the proof of what backends bear counts them', () => {
  const api = `openapi: 3.0.3
info: { title: Sample, version: 1.0.0 }
x-postern: { capacity: { production: { requests: 100, per: 1s } }, hardLimit: { production: { requests: 20, per: 1s } } }
paths: { /pets: { get: { security: [], responses: { '200': { description: fine } } } } }
`
  const at = (replicas: number): readonly string[] =>
    diagnose(projectWith(`kubernetes: { replicas: { max: 4 } }\nthrottling: { replicas: ${replicas} }\n`, { 'api.yaml': api }))
  assert.deepEqual(at(4), found)
  assert.deepEqual(at(5), ['postern.yaml:6:25 warning counted-per-replica #/kubernetes/replicas'])
})

test('where nothing is counted, nothing is said', () => {
  assert.deepEqual(cluster(''), [])
})
