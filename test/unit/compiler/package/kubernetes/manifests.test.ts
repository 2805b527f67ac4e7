import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { manifestNames } from '../../../../../src/compiler/package/kubernetes/manifests.ts'
import { digest, everything, image, manifestsOf, valueAt } from './cluster-project.ts'
import { unknownFields } from './strict-schemas.ts'

const full = manifestsOf(everything)
const small = manifestsOf(`name: shop
version: 1.0.0
apis: [{ definition: shop.yaml, backend: "http://127.0.0.1:9000", security: public }]
`)
const objects = [full, small].flatMap((texts) =>
  Object.entries(texts).flatMap(([name, text]) => (name === 'kustomization.yaml' ? [] : [[name, parse(text)] as const])),
)

const pod = 'spec.template.spec'
const container = `${pod}.containers.0`

test('every object is what the published schemas say, without a field that they do not know', () => {
  for (const [name, object] of objects) assert.deepEqual(unknownFields(object), [], name)
})

test('a field that is misspelt, and a value of the wrong kind, would be found', () => {
  const changed = (from: RegExp, to: string): Parameters<typeof unknownFields>[0] =>
    parse((full['deployment.yaml'] ?? '').replace(from, to))
  assert.deepEqual(unknownFields(changed(/sleep:/, 'sleepy:')), [
    `${container}.lifecycle.preStop.sleepy`,
    `${container}.lifecycle.preStop.sleepy.seconds`,
  ])
  assert.deepEqual(unknownFields(changed(/readOnlyRootFilesystem/, 'readonlyRootFilesystem')), [
    `${container}.securityContext.readonlyRootFilesystem`,
  ])
  assert.throws(() => unknownFields(changed(/containerPort: 8080/, 'containerPort: http')))
})

test('a kustomize base names all of it', () => {
  const { resources, ...rest } = parse(full['kustomization.yaml'] ?? '')
  assert.deepEqual(rest, { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' })
  assert.deepEqual([...resources, 'kustomization.yaml'].toSorted(), Object.keys(full).toSorted())
  assert.deepEqual(Object.keys(full).toSorted(), [...manifestNames].toSorted())
  assert.deepEqual(
    Object.keys(full).filter((name) => !(name in small)),
    ['httproute.yaml', 'service-admin.yaml', 'servicemonitor.yaml'],
  )
})

test('every object says which gateway it is for, and the image is named by its digest', () => {
  for (const [name, object] of objects) assert.equal(object.metadata.annotations['postern/digest'], digest, name)
  assert.equal(valueAt(full, 'deployment.yaml', 'spec.template.metadata.annotations.postern/digest'), digest)
  assert.equal(valueAt(full, 'deployment.yaml', `${container}.image`), image)
})

test('the same project makes the same bytes', () => {
  assert.deepEqual(manifestsOf(everything), full)
})

test('Pods are what the restricted standard asks for, and write nowhere', () => {
  const at = (path: string): unknown => valueAt(full, 'deployment.yaml', path)
  assert.deepEqual(at(`${container}.securityContext`), {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  assert.deepEqual(at(`${pod}.securityContext`), {
    runAsNonRoot: true,
    runAsUser: 65_532,
    runAsGroup: 65_532,
    fsGroup: 65_532,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  assert.deepEqual([at(`${pod}.automountServiceAccountToken`), at(`${pod}.enableServiceLinks`)], [false, false])
  assert.deepEqual(
    [at(`${pod}.hostNetwork`), at(`${pod}.hostPID`), at(`${container}.securityContext.privileged`)],
    [undefined, undefined, undefined],
  )
})

test('the three probes ask the admin port, and the grace period is longer than preStop and drain together', () => {
  const at = (path: string): unknown => valueAt(full, 'deployment.yaml', path)
  const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((name) => at(`${container}.${name}.httpGet`))
  assert.deepEqual(probes, [
    { path: '/live', port: 'admin' },
    { path: '/ready', port: 'admin' },
    { path: '/live', port: 'admin' },
  ])
  assert.equal(at(`${container}.lifecycle.preStop.sleep.seconds`), 5)
  assert.equal(at(`${pod}.terminationGracePeriodSeconds`), 5 + 45 + 5)
  assert.equal(valueAt(small, 'deployment.yaml', `${pod}.terminationGracePeriodSeconds`), 5 + 20 + 5)
  assert.deepEqual(at(`${container}.resources`), { requests: { cpu: '250m', memory: '384Mi' }, limits: { memory: '384Mi' } })
})

test('secrets are references, files come from them, and no value of one stands anywhere', () => {
  const secret = (key: string): unknown => ({ name: key, valueFrom: { secretKeyRef: { name: 'shop-secrets', key } } })
  const value = (name: string, text: string): unknown => ({ name, value: text })
  assert.deepEqual(valueAt(full, 'deployment.yaml', `${container}.env`), [
    value('KEPT', '/var/lib/postern'),
    secret('LIST_PASSWORD'),
    value('POSTERN_DRAIN_SECONDS', '45'),
    value('POSTERN_LOG_LEVEL', 'warn'),
    value('POSTERN_TLS_CERT', '/etc/postern/tls/tls.crt'),
    value('POSTERN_TLS_KEY', '/etc/postern/tls/tls.key'),
    secret('REDIS_URL'),
    value('SHOP_CERTIFICATE', '/etc/postern/files/SHOP_CERTIFICATE'),
    value('SHOP_KEY', '/etc/postern/files/SHOP_KEY'),
    secret('SHOP_PASSWORD'),
    value('SHOP_URL', 'https://shop.internal/api'),
  ])
  const items = ['SHOP_CERTIFICATE', 'SHOP_KEY'].map((name) => ({ key: name, path: name }))
  assert.deepEqual(valueAt(full, 'deployment.yaml', `${pod}.volumes`), [
    { name: 'files', secret: { secretName: 'shop-secrets', defaultMode: 0o440, items } },
    { name: 'tls', secret: { secretName: 'shop-tls', defaultMode: 0o440 } },
    { name: 'revocations', emptyDir: {} },
  ])
  assert.match(
    full['deployment.yaml'] ?? '',
    /^# The Secret shop-secrets must have: LIST_PASSWORD, REDIS_URL, SHOP_CERTIFICATE, SHOP_KEY, SHOP_PASSWORD\.$/m,
  )
})

test('the way out is to what the plan names, and to nothing else', () => {
  const namespace = (name: string): object => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } })
  const [dns, ...rules] = valueAt(full, 'networkpolicy.yaml', 'spec.egress') as readonly unknown[]
  assert.match(stringify(dns), /kube-dns[\s\S]*port: 53/)
  const tcp = (port: number): object => ({ ports: [{ protocol: 'TCP', port }] })
  const to = (...cidrs: readonly string[]): object => ({ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) })
  assert.deepEqual(rules, [
    { ...to('10.20.0.0/16'), ...tcp(443) },
    { ...to('10.1.2.3/32'), ...tcp(7070) },
    { ...to('0.0.0.0/0', '::/0'), ...tcp(443) },
    { to: [{ ...namespace('stores'), podSelector: { matchLabels: { app: 'etcd' } } }], ...tcp(2379) },
    { ...to('2001:db8::7/128'), ...tcp(8443) },
    { to: [{ ...namespace('stores'), podSelector: { matchLabels: { app: 'redis' } } }], ...tcp(6379) },
  ])
  assert.deepEqual(valueAt(full, 'networkpolicy.yaml', 'spec.ingress'), [
    {
      ports: [
        { protocol: 'TCP', port: 'http' },
        { protocol: 'TCP', port: 'https' },
      ],
    },
    { from: [namespace('monitoring')], ports: [{ protocol: 'TCP', port: 'admin' }] },
  ])
})

test('what the rules are for is said beside them, and which of them lead anywhere because the project says so', () => {
  const annotation = (name: string): unknown => parse(full['networkpolicy.yaml'] ?? '').metadata.annotations[`postern/${name}`]
  const anywhere = 'idp.example.com:443 (keys of https://idp.example.com)'
  assert.deepEqual(String(annotation('egress')).split(', '), [
    'shop.internal:443 (backend of Shop)',
    '10.1.2.3:7070 (backend of Shop)',
    anywhere,
    'etcd.stores.svc:2379 (feed of revocations)',
    '[2001:db8::7]:8443 (feed of revocations)',
    'REDIS_URL (store of limits)',
  ])
  assert.equal(annotation('egress-to-anywhere'), anywhere)
  assert.equal(valueAt(small, 'networkpolicy.yaml', 'metadata.annotations.postern/egress-to-anywhere'), undefined)
})

test('a gateway whose backend is in its own Pod has no way out but to addresses, and no resolver', () => {
  assert.deepEqual(valueAt(small, 'networkpolicy.yaml', 'spec.egress'), [
    { to: [{ ipBlock: { cidr: '10.1.2.3/32' } }], ports: [{ protocol: 'TCP', port: 7070 }] },
  ])
  assert.deepEqual(valueAt(small, 'networkpolicy.yaml', 'spec.policyTypes'), ['Ingress', 'Egress'])
})

test('how replicas count is said', () => {
  const annotation = 'metadata.annotations.postern/limits'
  assert.equal(valueAt(full, 'deployment.yaml', annotation), 'counted by all replicas together')
  assert.equal(valueAt(small, 'deployment.yaml', annotation), 'counted by each replica for itself: up to 5 times what a limit says passes')
})

/** Of a project with one API, and what else is said. */
function one(lines: string, backend = 'http://127.0.0.1:9000'): Readonly<Record<string, string>> {
  return manifestsOf(`name: shop\nversion: 1.0.0\napis: [{ definition: shop.yaml, backend: "${backend}", security: public }]\n${lines}`)
}

test('no two ports are the same where the project leaves them to the system', () => {
  const ports = (texts: Readonly<Record<string, string>>): readonly unknown[] =>
    ['0', '1', '2'].map((index) => valueAt(texts, 'deployment.yaml', `${container}.ports.${index}.containerPort`))
  const texts = one('listen: { http: 9090, https: 8080, admin: 0 }\nkubernetes: { monitoring: { namespace: monitoring } }\n')
  assert.deepEqual(ports(texts), [9090, 8080, 9091])
  assert.equal(valueAt(texts, 'service-admin.yaml', 'spec.ports.0.port'), 9091)
  assert.deepEqual(ports(one('listen: { http: 0, https: 8080, admin: 0 }\nkubernetes: {}\n')), [8081, 8080, 9090])
})

test('a value stays as it is, whatever Kubernetes would make of it', () => {
  const texts = one('kubernetes: { settings: { HOST: "http://localhost:9000/$(PATH)/$$/$1" } }\n', '${HOST}')
  assert.deepEqual(valueAt(texts, 'deployment.yaml', `${container}.env.0`), {
    name: 'HOST',
    value: 'http://localhost:9000/$$(PATH)/$$$$/$$1',
  })
})

test('addresses are written as Kubernetes has them', () => {
  const egress = valueAt(one('kubernetes: {}\n', 'https://[2001:0DB8:0::7]'), 'networkpolicy.yaml', 'spec.egress.0.to.0.ipBlock.cidr')
  assert.equal(egress, '2001:db8::7/128')
  const mapped = valueAt(one('kubernetes: {}\n', 'https://[::ffff:10.0.0.1]'), 'networkpolicy.yaml', 'spec.egress.0.to.0.ipBlock.cidr')
  assert.equal(mapped, '10.0.0.1/32')
  const entry = 'egress: [{ host: a.internal, cidrs: ["FD00:0::0/64", "::10.0.0.0/104"] }]'
  assert.deepEqual(valueAt(one(`kubernetes: { ${entry} }\n`, 'https://a.internal'), 'networkpolicy.yaml', 'spec.egress.1.to'), [
    { ipBlock: { cidr: 'fd00::/64' } },
    { ipBlock: { cidr: '::a00:0/104' } },
  ])
})

test('more paths than an HTTPRoute may have make several', () => {
  const numbers = Array.from({ length: 130 }, (_, index) => String(index).padStart(3, '0'))
  const files = Object.fromEntries(
    numbers.map((number) => {
      const paths = "paths: { /items: { get: { responses: { '200': { description: fine } } } } }"
      return [`${number}.yaml`, `openapi: 3.1.0\ninfo: { title: "${number}", version: 1.0.0 }\n${paths}\n`]
    }),
  )
  const rest = 'backend: "http://127.0.0.1:9000", security: public'
  const apis = numbers.map((number) => `  - { definition: "${number}.yaml", basePath: /v${number}, ${rest} }\n`).join('')
  const texts = manifestsOf(`name: shop\nversion: 1.0.0\napis:\n${apis}kubernetes: { route: { gateway: public } }\n`, files)
  const routes = parseAllDocuments(texts['httproute.yaml'] ?? '').map((each) => each.toJS())
  assert.deepEqual(
    routes.map(({ metadata }) => metadata.name),
    ['shop', 'shop-2'],
  )
  type Rule = { readonly matches: readonly { readonly path: { readonly value: string } }[] }
  const rules = routes.map(({ spec }) => spec.rules.map(({ matches }: Rule) => matches.length))
  assert.deepEqual(rules, [[64, 64], [2]])
  for (const route of routes) assert.deepEqual(unknownFields(route), [])
})

test('annotations stay as small as Kubernetes asks for, and say what they leave out', () => {
  const paths = Array.from({ length: 20 }, (_, index) => {
    const answers = "responses: { '200': { description: fine } }"
    return `  /p${index}: { get: { x-postern: { backend: "https://10.0.0.${index}" }, ${answers} } }\n`
  })
  const shop = `openapi: 3.1.0\ninfo: { title: "${'é'.repeat(4000)}", version: 1.0.0 }\npaths:\n${paths.join('')}`
  const postern = 'name: shop\nversion: 1.0.0\napis: [{ definition: long.yaml, security: public }]\nkubernetes: {}\n'
  const { metadata, spec } = parse(manifestsOf(postern, { 'long.yaml': shop })['networkpolicy.yaml'] ?? '')
  const said: string = metadata.annotations['postern/egress']
  assert.equal(spec.egress.length, 20)
  assert.ok(Buffer.byteLength(said) < 128 * 1024)
  assert.match(said, /^10\.0\.0\.0:443 [\s\S]* and 13 more$/)
})

test('what a definition says of itself reorders and hides nothing in a manifest', () => {
  const title = String.raw`Shop\u202Elaer\u202C\u2028\u001b[31m\u200b`
  const shop = `openapi: 3.1.0\ninfo: { title: "${title}", version: 1.0.0 }\npaths: { /a: { get: { responses: { '200': { description: fine } } } } }\n`
  const postern = `name: shop\nversion: 1.0.0\napis: [{ definition: odd.yaml, security: public, backend: "https://10.0.0.1" }]\nkubernetes: {}\n`
  const text = manifestsOf(postern, { 'odd.yaml': shop })['networkpolicy.yaml'] ?? ''
  assert.match(parse(text).metadata.annotations['postern/egress'], /Shop laer {3}\[31m/)
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
})
