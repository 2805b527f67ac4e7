import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles } from './check-project.ts'

function api(title: string, postern: string, operation = ''): string {
  return `openapi: 3.0.3
info: { title: ${title}, version: 1.0.0 }
x-postern: { ${postern} }
paths: { /${title}: { get: { security: [], ${operation}responses: { '200': { description: fine } } } } }
`
}

function project(one: string, two: string, throttling = ''): ProjectFiles {
  return {
    'postern.yaml': `name: sample
version: 1.0.0
apis:
  - { definition: one.yaml, basePath: /one, backend: "http://127.0.0.1:9000/v1" }
  - { definition: two.yaml, basePath: /two, backend: "http://127.0.0.1:9000/v2" }
${throttling}`,
    'policies.yaml': 'tiers: { Hundred: { requests: 100, per: 1s }, Own: { requests: 10, per: 1s } }\n',
    'one.yaml': one,
    'two.yaml': two,
  }
}

const capacity = 'capacity: { production: { requests: 800, per: 1s } }'
const found = 'one.yaml:3:38 error over-capacity #/x-postern/capacity/production'

function overCapacity(files: ProjectFiles): readonly string[] {
  return diagnose(files).filter((finding) => finding.includes('over-capacity'))
}

test('what all APIs together can send to a backend is no more than it bears', () => {
  const one = api('one', `${capacity}, hardLimit: { production: { requests: 500, per: 1s } }`)
  assert.deepEqual(overCapacity(project(one, api('two', 'hardLimit: { production: { requests: 300, per: 1s } }'))), [])
  const files = project(one, api('two', 'hardLimit: { production: { requests: 301, per: 1s } }'))
  assert.deepEqual(overCapacity(files), [found])
  const [finding] = findings(files).filter(({ code }) => code === 'over-capacity')
  assert.match(finding?.message ?? '', /up to 801 can reach it: 500 from `one`, 301 from `two`/)
})

test('every gateway counts for itself', () => {
  const one = api('one', `${capacity}, hardLimit: { production: { requests: 200, per: 1s } }`)
  const two = api('two', 'throttle: { tier: Hundred, by: api }')
  assert.deepEqual(overCapacity(project(one, two, 'throttling: { replicas: 2 }\n')), [])
  assert.deepEqual(overCapacity(project(one, two, 'throttling: { replicas: 3 }\n')), [found])
})

test('what a Traffic Manager counts bounds nothing, and hard limits do', () => {
  const one = api('one', `${capacity}, hardLimit: { production: { requests: 200, per: 1s } }`)
  const manager = '{ events: { url: "https://a/" }, data: { url: "https://a/" }, decisions: { url: "amqps://a" } }'
  const managed = `throttling: { store: trafficManager, replicas: 2, trafficManager: ${manager} }\n`
  assert.deepEqual(overCapacity(project(one, api('two', 'throttle: { tier: Hundred, by: api }'), managed)), [found])
  assert.deepEqual(overCapacity(project(one, api('two', 'hardLimit: { production: { requests: 200, per: 1s } }'), managed)), [])
})

test('limits of each consumer bound nothing: there may be any number of them', () => {
  const one = api('one', `${capacity}, hardLimit: { production: { requests: 200, per: 1s } }`)
  assert.deepEqual(overCapacity(project(one, api('two', 'throttle: Hundred'))), [found])
  assert.deepEqual(overCapacity(project(one, api('two', '', 'x-postern: { throttle: { tier: Own, by: api } }, '))), [])
})

test('a burst counts, whatever the longer window says', () => {
  const limited = (limit: string): readonly string[] =>
    overCapacity(project(api('one', `${capacity}, hardLimit: { production: ${limit} }`), api('two', 'throttle: { tier: Own, by: api }')))
  assert.deepEqual(limited('{ requests: 790, per: 1s }'), [])
  assert.deepEqual(limited('{ requests: 791, per: 1s }'), [found])
  assert.deepEqual(limited('{ requests: 1000, per: 1m }'), [found])
  assert.deepEqual(limited('[{ requests: 1000, per: 1m }, { requests: 70, per: 100ms }]'), [])
  assert.deepEqual(limited('{ requests: 395, per: 1s, algorithm: fixed }'), [])
  assert.deepEqual(limited('{ requests: 396, per: 1s, algorithm: fixed }'), [found])
  assert.deepEqual(limited('{ requests: 390, per: 1s, algorithm: gcra, burst: 400 }'), [])
  assert.deepEqual(limited('{ requests: 391, per: 1s, algorithm: gcra, burst: 400 }'), [found])
})

test('a backend is the same with its default port and without it', () => {
  const one = api('one', `${capacity}, hardLimit: { production: { requests: 500, per: 1s } }`)
  const files = project(one, api('two', 'hardLimit: { production: { requests: 301, per: 1s } }'))
  const written = (first: string, second: string): readonly string[] => {
    const text = String(files['postern.yaml']).replace('http://127.0.0.1:9000/v1', first).replace('http://127.0.0.1:9000/v2', second)
    return overCapacity({ ...files, 'postern.yaml': text })
  }
  assert.deepEqual(written('http://backend/v1', 'http://BACKEND:80/v2'), [found])
  assert.deepEqual(written('https://backend:443', 'https://backend'), [found])
  assert.deepEqual(written('http://backend:443', 'http://backend'), [])
})

test('a backend that may ask for another nonce bears each request twice', () => {
  const one = api('one', `${capacity}, hardLimit: { production: { requests: 400, per: 1s } }`)
  const files = project(one, api('two', ''))
  const digest = (requests: number): readonly string[] => {
    const backend = '{ url: "http://127.0.0.1:9001", credential: { digest: { user: "${U}", password: "${P}" } } }'
    const text = String(files['postern.yaml']).replace('"http://127.0.0.1:9000/v1"', backend)
    return diagnose({ ...files, 'postern.yaml': text, 'one.yaml': one.replace('requests: 400', `requests: ${requests}`) }).filter(
      (finding) => finding.includes(' error '),
    )
  }
  assert.deepEqual(digest(400), [])
  assert.deepEqual(digest(401), [found])
})
