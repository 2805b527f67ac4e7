import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'

const api = `openapi: 3.0.3
info: { title: Sample, version: 1.0.0 }
x-postern:
  backend: { url: https://10.0.0.1, credential: { basic: { user: "\${SHOP_USER}", password: "\${SHOP_PASS}" } } }
paths: { /pets: { get: { security: [], responses: { '200': { description: fine } } } } }
`

function cluster(kubernetes: string): ProjectFiles {
  const files = projectWith(`kubernetes: { ${kubernetes} }\n`, { 'api.yaml': api })
  return { ...files, 'postern.yaml': String(files['postern.yaml']).replace('    backend: http://127.0.0.1:9000\n', '') }
}

test('a setting that is no secret needs a value, a secret has none', () => {
  assert.deepEqual(diagnose(cluster('')), ['postern.yaml:5:13 error kubernetes-settings #/kubernetes'])
  assert.deepEqual(diagnose(cluster('settings: { SHOP_USER: gateway }')), [])
  assert.deepEqual(diagnose(cluster('settings: { SHOP_USER: gateway, SHOP_PASS: hush }')), [
    'postern.yaml:5:58 error kubernetes-settings #/kubernetes/settings/SHOP_PASS',
  ])
})

test('a setting that nothing asks for, and one that the manifests decide', () => {
  const [finding, ...others] = findings(cluster('settings: { SHOP_USER: gateway, SHOP_USR: x }'))
  assert.deepEqual([finding?.code, others], ['kubernetes-settings', []])
  assert.match(String(finding?.hint), /SHOP_USER/)
  assert.deepEqual(diagnose(cluster('settings: { SHOP_USER: gateway, POSTERN_HTTP_PORT: 80 }')), [
    'postern.yaml:5:66 error kubernetes-settings #/kubernetes/settings/POSTERN_HTTP_PORT',
  ])
})

test('a value that the gateway would not start with', () => {
  const wrong = ['POSTERN_DRAIN_SECONDS: 3601', 'POSTERN_DRAIN_SECONDS: soon', 'POSTERN_WORKERS: 0', 'POSTERN_LOG_LEVEL: loud']
  for (const each of wrong) {
    const found = findings(cluster(`settings: { SHOP_USER: gateway, ${each} }`)).map(({ code }) => code)
    assert.deepEqual(found, ['kubernetes-settings'], each)
  }
  assert.deepEqual(diagnose(cluster('settings: { SHOP_USER: gateway, POSTERN_DRAIN_SECONDS: 3600, POSTERN_WORKERS: 4 }')), [])
})

test('a path of which a setting is only a part', () => {
  const files = cluster('')
  const part = api
    .replace('credential:', 'certificate: "/certs/${NAME}.pem", key: "${KEY_FILE}", credential:')
    .replace('"${SHOP_USER}"', 'me')
  const found = findings({ ...files, 'api.yaml': part }).map(({ code, message }) => `${code} ${message}`)
  assert.deepEqual(found, ['kubernetes-settings a path is made of `NAME` and of more: no Secret can be put there'])
})

test('a name that no Service may have', () => {
  const files = cluster('settings: { SHOP_USER: gateway }')
  for (const name of ['2nd-shop', 'a'.repeat(51)]) {
    const postern = String(files['postern.yaml']).replace('name: sample', `name: ${name}`)
    assert.deepEqual(diagnose({ ...files, 'postern.yaml': postern }), ['postern.yaml:5:13 error invalid-project #/kubernetes'])
  }
})

test('what Kubernetes would not take is refused where it is written', () => {
  const wrong = [
    'image: "shop:latest"',
    'secretName: Shop',
    'secretName: shop..keys',
    'tls: { secretName: shop.-keys }',
    'replicas: { min: 3, max: 2 }',
    'resources: { cpu: much }',
    'resources: { memory: 1GB }',
    'tls: {}',
    'route: { hosts: [api.example.com] }',
    'route: { gateway: public, hosts: [10.0.0.1] }',
    'monitoring: { namespace: m, every: 1500ms }',
    'monitoring: { namespace: m, labels: { "a b": c } }',
    'monitoring: { namespace: m, labels: { "a..b/c": d } }',
    'egress: [{ host: shop.internal, cidrs: [10.0.0.1] }]',
    'egress: [{ host: shop.internal, cidrs: [10.1.2.3/8] }]',
    'egress: [{ host: shop.internal, cidrs: ["fd00::1/64"] }]',
    'egress: [{ host: shop.internal, cidrs: ["::ffff:10.0.0.0/104"] }]',
    'egress: [{ host: shop.internal, namespace: shop }]',
    'egress: [{ host: shop.internal, cidrs: [10.0.0.0/8], namespace: shop, pods: { app: shop } }]',
    'egress: [{ cidrs: [10.0.0.0/8] }]',
    'egress: [{ setting: SHOP_USER, cidrs: [10.0.0.0/8] }]',
  ]
  for (const each of wrong) {
    const codes = findings(cluster(`settings: { SHOP_USER: gateway }, ${each}`)).map(({ code }) => code)
    assert.ok(codes.length > 0 && codes.every((code) => code === 'invalid-project'), `${each}: ${codes.join(' ')}`)
  }
})

test('a base path that no HTTPRoute can have', () => {
  const found = (basePath: string, kubernetes: string): readonly string[] => {
    const files = projectWith(`kubernetes: { ${kubernetes} }\n`)
    const postern = String(files['postern.yaml']).replace('    backend:', `    basePath: ${basePath}\n    backend:`)
    return diagnose({ ...files, 'postern.yaml': postern })
  }
  for (const basePath of ['/a%2fb', '/a//b']) {
    assert.deepEqual(found(basePath, 'route: { gateway: public }'), ['postern.yaml:5:15 error invalid-project #/apis/0/basePath'])
    assert.deepEqual(found(basePath, ''), [])
  }
  assert.deepEqual(found('/a%23b/c', 'route: { gateway: public }'), [])
})

test('a folder for revocations that is not free in the Pod', () => {
  const found = (folder: string): readonly string[] => {
    const revocation = `revocation: { feeds: [{ type: list, url: "https://10.0.0.2/revoked" }], persist: "\${KEPT}" }`
    const files = projectWith(`${revocation}\nkubernetes: { settings: { KEPT: ${folder} } }\n`)
    return findings({ ...files, 'api.yaml': String(files['api.yaml']).replace('[]', '[{ t: [] }]') })
      .filter(({ code }) => code === 'kubernetes-settings')
      .map(({ at }) => at.pointer)
  }
  for (const folder of ['kept', '/', '/etc', '/etc/postern/files', '/etc/postern/tls/', '/var/../etc/postern/own', '/var//lib'])
    assert.deepEqual(found(folder), ['#/kubernetes/settings/KEPT'], folder)
  for (const folder of ['/var/lib/postern', '/var/lib/', '/etc/postern-kept']) assert.deepEqual(found(folder), [], folder)
})
