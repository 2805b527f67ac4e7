import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'

function withBackend(backend: string, lines: string): ProjectFiles {
  const files = projectWith(lines)
  return { ...files, 'postern.yaml': String(files['postern.yaml']).replace('http://127.0.0.1:9000', backend) }
}

function found(files: ProjectFiles): readonly string[] {
  return findings(files)
    .filter(({ code }) => code !== 'cleartext-backend')
    .map(({ at, code, message }) => `${at.line} ${code} ${message}`)
}

test('where it is said', () => {
  assert.deepEqual(diagnose(withBackend('https://a.internal', 'kubernetes: { egress: [{ host: b, cidrs: [10.0.0.0/8] }] }\n')), [
    'postern.yaml:6:24 error kubernetes-egress #/kubernetes/egress/0',
  ])
})

test('an address that is not known when the gateway is built', () => {
  const files = withBackend(
    '"${HOST}"',
    'throttling: { store: redis, url: "${REDIS_URL}", replicas: 5 }\nkubernetes: { settings: { HOST: "https://a.internal" } }\n',
  )
  assert.deepEqual(found(files), ['7 kubernetes-egress where the store of limits is says the setting `REDIS_URL`, which has no value'])
  const entry = 'egress: [{ setting: REDIS_URL, cidrs: [10.0.0.0/8], ports: [6379] }]'
  const said = withBackend(
    '"${HOST}"',
    `throttling: { store: redis, url: "\${REDIS_URL}", replicas: 5 }\nkubernetes: { settings: { HOST: "https://a.internal" }, ${entry} }\n`,
  )
  assert.deepEqual(found(said), [])
})

test('user, password, path and query say nothing about where it is', () => {
  const store = 'throttling: { store: redis, url: "rediss://${USER}:${PASSWORD}@redis.internal/${DATABASE}", replicas: 5 }\n'
  const files = withBackend('https://a.internal/${PATH_THERE}', `${store}kubernetes: { settings: { PATH_THERE: v1, DATABASE: "0" } }\n`)
  assert.deepEqual(found(files), [])
})

test('a default that means the Pod itself', () => {
  const files = (settings: string): ProjectFiles =>
    withBackend('"${HOST:-http://localhost:9000}"', `kubernetes: { settings: { ${settings} } }\n`)
  const message = 'the backend of Sample is this machine where nobody gives `HOST`, and in a Pod that is the Pod itself'
  assert.deepEqual(found(files('')), [`6 kubernetes-egress ${message}`])
  assert.deepEqual(found(files('HOST: "http://localhost:9000"')), [])
})

test('a value that makes no address', () => {
  const files = withBackend('"${HOST}"', 'kubernetes: { settings: { HOST: shop } }\n')
  assert.deepEqual(found(files), ['6 kubernetes-egress the backend of Sample is no address with the values that the settings have here'])
})

test('servers that name others', () => {
  const store =
    'throttling: { store: redis, cluster: true, url: ["rediss://redis-0.internal", "rediss://redis-1.internal"], replicas: 5 }\n'
  const entry = (host: string): string => `{ host: ${host}, namespace: stores, pods: { app: redis }, ports: [6379, 6380] }`
  const files = (entries: readonly string[]): ProjectFiles =>
    withBackend('https://a.internal', `${store}kubernetes: { egress: [${entries.join(', ')}] }\n`)
  assert.deepEqual(found(files([entry('redis-0.internal')])), [
    '7 kubernetes-egress redis-1.internal (store of limits) names other servers while the gateway runs: where they are is not said',
  ])
  assert.deepEqual(found(files([entry('redis-0.internal'), entry('REDIS-1.internal')])), [])
})

test('an entry for what is not called', () => {
  const files = withBackend('https://a.internal', 'kubernetes: { egress: [{ host: b.internal, cidrs: [10.0.0.0/8] }] }\n')
  assert.deepEqual(found(files), ['6 kubernetes-egress nothing is called at `b.internal`'])
})
