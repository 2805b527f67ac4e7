import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'

function withBackend(backend: string, lines: string): ProjectFiles {
  const files = projectWith(lines)
  return { ...files, 'postern.yaml': String(files['postern.yaml']).replace('http://127.0.0.1:9000', backend) }
}

function found(files: ProjectFiles): readonly string[] {
  return findings(files)
    .filter(({ code }) => code !== 'cleartext-backend' && code !== 'fetched-keys')
    .map(({ at, code, message }) => `${at.line} ${code} ${message}`)
}

/** What is said of a name without an entry, with what it is called for. */
function unsaid(uses: string): string {
  return `kubernetes-egress where ${uses} is, \`kubernetes.egress\` does not say, and a NetworkPolicy knows no names`
}

test('where it is said', () => {
  assert.deepEqual(diagnose(withBackend('https://10.0.0.1', 'kubernetes: { egress: [{ host: b, cidrs: [10.0.0.0/8] }] }\n')), [
    'postern.yaml:6:24 error kubernetes-egress #/kubernetes/egress/0',
  ])
})

test('names without an entry, each where the project has it, in one run', () => {
  const issuer = (path: string): string =>
    `issuers: [{ issuer: "https://idp.example.com", audiences: [a], keys: { url: "https://idp.example.com/${path}" } }]\n`
  const feeds = 'revocation:\n  feeds:\n    - { type: etcd, endpoints: ["https://etcd.stores.svc:2379"] }\n'
  const store = 'throttling: { store: redis, url: "rediss://Redis.internal", replicas: 5 }\n'
  const kubernetes =
    'kubernetes:\n  settings:\n    HOST: https://books.internal\n  egress: [{ host: redis.internal, cidrs: [10.0.0.0/8] }]\n'
  const files = withBackend('"${HOST}/api"', issuer('jwks') + feeds + store + kubernetes)
  assert.deepEqual(found(files), [
    `6 ${unsaid('idp.example.com:443 (keys of https://idp.example.com)')}`,
    `9 ${unsaid('etcd.stores.svc:2379 (feed of revocations)')}`,
    `13 ${unsaid('books.internal:443 (backend of Sample)')}`,
  ])
})

test('a name that is called for several things is told once', () => {
  const issuer =
    'issuers: [{ issuer: "https://idp.example.com", audiences: [a], keys: { url: "https://idp.example.com/jwks" }, ' +
    'introspection: { url: "https://IDP.example.com:8443/introspect", clientId: a, clientSecret: "${SECRET}" } }]\n'
  const uses = 'idp.example.com:443 (keys of https://idp.example.com), idp.example.com:8443 (introspection of https://idp.example.com)'
  assert.deepEqual(found(withBackend('https://10.0.0.1', `${issuer}kubernetes: {}\n`)), [`6 ${unsaid(uses)}`])
})

test('the entry that is missing is written in the hint', () => {
  const hint = (host: string): string | undefined => findings(withBackend(`https://${host}`, 'kubernetes: {}\n'))[0]?.hint
  const pods = 'host: etcd.stores.svc.cluster.local, namespace: stores, pods: { app: etcd }'
  assert.match(
    hint('books.internal') ?? '',
    /`\{ host: books\.internal, cidrs: \[10\.20\.0\.0\/16\] \}`.*`cidrs: \[0\.0\.0\.0\/0, "::\/0"\]`/,
  )
  assert.ok(hint('etcd.stores.svc.cluster.local')?.includes(`{ ${pods} }`))
  assert.ok(hint('null')?.includes('{ host: "null", '))
})

test('with the entry of the hint it is right, also where it is anywhere', () => {
  for (const peer of ['cidrs: [10.20.0.0/16]', 'cidrs: [0.0.0.0/0, "::/0"]', 'namespace: books, pods: { app: books }'])
    assert.deepEqual(
      found(withBackend('https://books.internal', `kubernetes: { egress: [{ host: books.internal, ${peer} }] }\n`)),
      [],
      peer,
    )
})

test('an address that is not known when the gateway is built', () => {
  const files = withBackend(
    '"${HOST}"',
    'throttling: { store: redis, url: "${REDIS_URL}", replicas: 5 }\nkubernetes: { settings: { HOST: "https://10.0.0.1" } }\n',
  )
  assert.deepEqual(found(files), ['6 kubernetes-egress where the store of limits is says the setting `REDIS_URL`, which has no value'])
  const entry = 'egress: [{ setting: REDIS_URL, cidrs: [10.0.0.0/8], ports: [6379] }]'
  const said = withBackend(
    '"${HOST}"',
    `throttling: { store: redis, url: "\${REDIS_URL}", replicas: 5 }\nkubernetes: { settings: { HOST: "https://10.0.0.1" }, ${entry} }\n`,
  )
  assert.deepEqual(found(said), [])
})

test('user, password, path and query say nothing about where it is', () => {
  const store = 'throttling: { store: redis, url: "rediss://${USER}:${PASSWORD}@10.0.0.2/${DATABASE}", replicas: 5 }\n'
  const files = withBackend('https://10.0.0.1/${PATH_THERE}', `${store}kubernetes: { settings: { PATH_THERE: v1, DATABASE: "0" } }\n`)
  assert.deepEqual(found(files), [])
})

test('a default that means the Pod itself', () => {
  const files = (settings: string): ProjectFiles =>
    withBackend('"${HOST:-http://localhost:9000}"', `kubernetes: { settings: { ${settings} } }\n`)
  const message = 'the backend of Sample is this machine where nobody gives `HOST`, and in a Pod that is the Pod itself'
  assert.deepEqual(found(files('')), [`5 kubernetes-egress ${message}`])
  assert.deepEqual(found(files('HOST: "http://localhost:9000"')), [])
})

test('a backend in the Pod itself, whatever else of its address has a default', () => {
  assert.deepEqual(found(withBackend('"http://localhost:9000/${PATH_THERE:-v1}"', 'kubernetes: {}\n')), [])
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
    withBackend('https://10.0.0.1', `${store}kubernetes: { egress: [${entries.join(', ')}] }\n`)
  assert.deepEqual(found(files([entry('redis-0.internal')])), [
    '6 kubernetes-egress redis-1.internal (store of limits) names other servers while the gateway runs: where they are is not said',
  ])
  assert.deepEqual(found(files([entry('redis-0.internal'), entry('REDIS-1.internal')])), [])
})

test('an entry for what is not called', () => {
  const files = withBackend('https://10.0.0.1', 'kubernetes: { egress: [{ host: b.internal, cidrs: [10.0.0.0/8] }] }\n')
  assert.deepEqual(found(files), ['6 kubernetes-egress nothing is called at `b.internal`'])
})
