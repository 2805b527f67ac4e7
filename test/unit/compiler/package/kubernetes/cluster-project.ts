/** A project that needs everything which manifests can say, and what is written for it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { diagnosticsAsText } from '../../../../../src/cli/formats/text.ts'
import { examine } from '../../../../../src/compiler/compile.ts'
import { kubernetesManifests } from '../../../../../src/compiler/package/kubernetes/manifests.ts'
import { makePlan } from '../../../../../src/compiler/plan/make-plan.ts'

export const digest = `sha256:${'d'.repeat(64)}`
export const image = `registry.example.com/shop@sha256:${'a'.repeat(64)}`

const definition = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
paths:
  /items:
    get: { operationId: items, x-postern: { throttle: Gold }, responses: { '200': { description: fine } } }
  /orders:
    get:
      operationId: orders
      security: []
      x-postern: { backend: "http://10.1.2.3:7070" }
      responses: { '200': { description: fine } }
`

export const everything = `name: shop
version: 1.2.0+build.7
apis:
  - definition: shop.yaml
    basePath: /shop/v1
    backend:
      url: \${SHOP_URL}
      certificate: \${SHOP_CERTIFICATE}
      key: \${SHOP_KEY}
      credential: { basic: { user: gateway, password: "\${SHOP_PASSWORD}" } }
    security: token
issuers:
  - issuer: https://idp.example.com
    audiences: [shop]
    keys: { url: https://idp.example.com/jwks }
revocation:
  feeds:
    - { type: etcd, endpoints: ["https://etcd.stores.svc:2379"] }
    - { type: list, url: "https://[2001:db8::7]:8443/revoked", username: gateway, password: "\${LIST_PASSWORD}" }
  persist: \${KEPT:-}
throttling: { store: redis, url: "\${REDIS_URL}", replicas: 6 }
listen: { https: 8443 }
publicOrigins: [https://api.example.com]
kubernetes:
  settings: { SHOP_URL: "https://shop.internal/api", KEPT: /var/lib/postern, POSTERN_DRAIN_SECONDS: 45, POSTERN_LOG_LEVEL: warn }
  replicas: { min: 3, max: 5 }
  egress:
    - { host: shop.internal, cidrs: [10.20.0.0/16] }
    - { host: idp.example.com, cidrs: [0.0.0.0/0, "::/0"] }
    - { host: etcd.stores.svc, namespace: stores, pods: { app: etcd } }
    - { setting: REDIS_URL, namespace: stores, pods: { app: redis }, ports: [6379] }
  route: { gateway: public, namespace: infra, listener: https, hosts: [api.example.com] }
  monitoring: { namespace: monitoring, labels: { release: prometheus }, every: 15s }
waivers: [{ rule: fetched-keys, at: "#/issuers/0/keys", reason: rotates, until: 2099-01-01 }]
`

/** `postern`: the text of postern.yaml. `files`: others beside `shop.yaml`. */
export function manifestsOf(postern: string, files: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-cluster-'))
  try {
    writeFileSync(join(folder, 'postern.yaml'), postern)
    writeFileSync(join(folder, 'shop.yaml'), definition)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    writeFileSync(join(folder, 'policies.yaml'), 'tiers: { Gold: { requests: 10, per: 1s } }\n')
    const { project, diagnostics } = examine({ projectFolder: folder, now: new Date('2026-06-15T12:00:00Z'), forKubernetes: true })
    if (project?.kubernetes == null) throw new Error(diagnosticsAsText(diagnostics, (_style, text) => text))
    return kubernetesManifests({ project, kubernetes: project.kubernetes, plan: makePlan(project).plan, digest, image })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The value at a path such as `spec.template.spec.containers.0.image` of a file; undefined where there is none. */
export function valueAt(texts: Readonly<Record<string, string>>, file: string, path: string): unknown {
  let value: Json | undefined = parse(texts[file] ?? '') as Json
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object') return undefined
    value = (value as Readonly<Record<string, Json>>)[step]
  }
  return value
}
