/**
 * Every key that postern.yaml may hold, by the mapping in which it stands. A `later` key belongs to a feature that this version does
 * not have: it is known, so that nobody takes it for a typing error, and refused, so that nobody relies on it.
 * schemas/postern.schema.json says the same to editors; a test holds the two together.
 */
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode } from '../source/source-node.ts'

type KeyTable = Readonly<Record<string, 'now' | 'later'>>

export const projectKeys = {
  name: 'now',
  version: 'now',
  apis: 'now',
  policies: 'now',
  issuers: 'now',
  revocation: 'now',
  throttling: 'now',
  apiKeys: 'now',
  users: 'now',
  subscriptions: 'now',
  extensions: 'now',
  backendToken: 'now',
  consumerFields: 'now',
  listen: 'now',
  clientCertificates: 'now',
  trustedProxies: 'now',
  publicOrigins: 'now',
  errors: 'now',
  waivers: 'now',
  limits: 'now',
  timeouts: 'now',
  kubernetes: 'now',
} as const satisfies KeyTable

export const apiKeys = {
  definition: 'now',
  policy: 'now',
  basePath: 'now',
  backend: 'now',
  sandboxBackend: 'now',
  security: 'now',
  validateSubscriptions: 'now',
  certificates: 'now',
} as const satisfies KeyTable

export const issuerKeys = {
  issuer: 'now',
  audiences: 'now',
  keys: 'now',
  algorithms: 'now',
  clockSkew: 'now',
  claims: 'now',
  profile: 'now',
  senderConstrained: 'now',
  validateSubscriptions: 'now',
  introspection: 'now',
  passThrough: 'now',
} as const satisfies KeyTable

/** Of `issuers[].keys`, where they are fetched. */
export const fetchedKeysKeys = {
  url: 'now',
  plainHttp: 'now',
  refresh: 'now',
  authorities: 'now',
  certificate: 'now',
  key: 'now',
  serverName: 'now',
} as const satisfies KeyTable
export const introspectionKeys = {
  url: 'now',
  plainHttp: 'now',
  authorities: 'now',
  certificate: 'now',
  key: 'now',
  serverName: 'now',
  authentication: 'now',
  clientId: 'now',
  clientSecret: 'now',
  clientKey: 'now',
  clientKeyId: 'now',
  audience: 'now',
  timeout: 'now',
  lookups: 'now',
  cache: 'now',
} as const satisfies KeyTable

export const passThroughKeys = {
  basePath: 'now',
  token: 'now',
  revoke: 'now',
  authorize: 'now',
  userinfo: 'now',
} as const satisfies KeyTable

export const introspectionCacheKeys = {
  mode: 'now',
  keep: 'now',
  keepInvalid: 'now',
  url: 'now',
  plainTcp: 'now',
  authorities: 'now',
  secret: 'now',
  timeout: 'now',
} as const satisfies KeyTable

export const claimKeys = { scope: 'now', subject: 'now', client: 'now', application: 'now', keyType: 'now' } as const satisfies KeyTable

export const senderConstrainedKeys = { by: 'now', required: 'now' } as const satisfies KeyTable

export const backendTokenKeys = {
  header: 'now',
  key: 'now',
  algorithm: 'now',
  issuer: 'now',
  audiences: 'now',
  lifetime: 'now',
  dialect: 'now',
  claims: 'now',
} as const satisfies KeyTable

export const throttlingKeys = {
  store: 'now',
  application: 'now',
  subscription: 'now',
  unauthenticated: 'now',
  url: 'now',
  cluster: 'now',
  sentinel: 'now',
  plainTcp: 'now',
  authorities: 'now',
  secret: 'now',
  timeout: 'now',
  mode: 'now',
  whenAway: 'now',
  replicas: 'now',
  trafficManager: 'now',
} as const satisfies KeyTable

export const trafficManagerKeys = {
  itself: { events: 'now', data: 'now', username: 'now', password: 'now', decisions: 'now', tenant: 'now' },
  /** Of `events` and `data`. */
  service: { url: 'now', plainHttp: 'now', authorities: 'now', certificate: 'now', key: 'now', serverName: 'now' },
  decisions: { url: 'now', exchange: 'now', topic: 'now', username: 'now', password: 'now', authorities: 'now' },
} as const satisfies Readonly<Record<string, KeyTable>>

export const revocationKeys = { snapshot: 'now', persist: 'now', feeds: 'now', deny: 'now', onStale: 'now' } as const satisfies KeyTable

export const onStaleKeys = { after: 'now', action: 'now' } as const satisfies KeyTable

/** Of a feed, by its `type`. */
export const feedKeys = {
  list: { type: 'now', url: 'now', every: 'now', username: 'now', password: 'now', authorities: 'now' },
  amqp: {
    type: 'now',
    url: 'now',
    exchange: 'now',
    topic: 'now',
    keep: 'now',
    publish: 'now',
    username: 'now',
    password: 'now',
    authorities: 'now',
  },
  amqp10: { type: 'now', url: 'now', topic: 'now', keep: 'now', publish: 'now', username: 'now', password: 'now', authorities: 'now' },
  etcd: { type: 'now', endpoints: 'now', prefix: 'now', publish: 'now', username: 'now', password: 'now', authorities: 'now' },
  redis: { type: 'now', url: 'now', stream: 'now', publish: 'now', username: 'now', password: 'now', authorities: 'now' },
} as const satisfies Readonly<Record<string, KeyTable>>

/** Of an entry of the file that `revocation.snapshot` names. */
export const revokedKeys = {
  at: 'now',
  jti: 'now',
  signature: 'now',
  digest: 'now',
  client: 'now',
  user: 'now',
  kid: 'now',
  apiKey: 'now',
  iss: 'now',
  exp: 'now',
  before: 'now',
} as const satisfies KeyTable

export const listenKeys = { http: 'now', https: 'now', admin: 'now' } as const satisfies KeyTable

export const clientCertificateKeys = { authorities: 'now', header: 'now', holders: 'now' } as const satisfies KeyTable

export const certificateHolderKeys = {
  id: 'now',
  thumbprint: 'now',
  subject: 'now',
  san: 'now',
  authorities: 'now',
  consumer: 'now',
} as const satisfies KeyTable

/** Of an entry of the file that `apiKeys` names. */
export const apiKeyKeys = {
  id: 'now',
  digest: 'now',
  consumer: 'now',
  tier: 'now',
  scopes: 'now',
  apis: 'now',
  addresses: 'now',
  referrers: 'now',
  expires: 'now',
} as const satisfies KeyTable

/** Of an issuer in the same file. */
export const apiKeyIssuerKeys = {
  issuer: 'now',
  keys: 'now',
  algorithms: 'now',
  clockSkew: 'now',
  validateAllowedAPIs: 'now',
} as const satisfies KeyTable

/** Of an entry of the file that `users` names. */
export const userKeys = { name: 'now', password: 'now', scopes: 'now' } as const satisfies KeyTable

/** Of an application of the file that `subscriptions` names, of one of its keys, and of one of its subscriptions. */
export const applicationKeys = {
  id: 'now',
  uuid: 'now',
  name: 'now',
  owner: 'now',
  tier: 'now',
  keys: 'now',
  subscriptions: 'now',
} as const satisfies KeyTable

export const consumerKeyKeys = {
  client: 'now',
  issuer: 'now',
  consumer: 'now',
  user: 'now',
  certificate: 'now',
  type: 'now',
  domains: 'now',
} as const satisfies KeyTable

export const subscriptionKeys = { api: 'now', version: 'now', tier: 'now', state: 'now' } as const satisfies KeyTable

export const extensionKeys = {
  validateToken: 'now',
  validateSubscription: 'now',
  validateScopes: 'now',
  generateConsumerToken: 'now',
  timeout: 'now',
} as const satisfies KeyTable

export const kubernetesKeys = {
  image: 'now',
  secretName: 'now',
  settings: 'now',
  egress: 'now',
  replicas: 'now',
  resources: 'now',
  tls: 'now',
  route: 'now',
  monitoring: 'now',
} as const satisfies KeyTable

/** Of `kubernetes`: an entry of `egress`, and what stands below the other keys. */
export const egressKeys = {
  host: 'now',
  setting: 'now',
  cidrs: 'now',
  namespace: 'now',
  pods: 'now',
  ports: 'now',
} as const satisfies KeyTable
export const replicasKeys = { min: 'now', max: 'now' } as const satisfies KeyTable
export const resourcesKeys = { cpu: 'now', memory: 'now' } as const satisfies KeyTable
export const tlsSecretKeys = { secretName: 'now' } as const satisfies KeyTable
export const routeKeys = { gateway: 'now', namespace: 'now', listener: 'now', hosts: 'now' } as const satisfies KeyTable
export const monitoringKeys = { namespace: 'now', labels: 'now', every: 'now' } as const satisfies KeyTable

export const waiverKeys = { rule: 'now', at: 'now', reason: 'now', until: 'now' } as const satisfies KeyTable

/** Reports keys that are unknown, and keys that are not supported yet. */
export function checkProjectKeys(node: ObjectNode, table: KeyTable, access: NodeAccess): void {
  access.checkKeys(node, Object.keys(table))
  for (const [key, { keyAt }] of node.entries) {
    if (Object.hasOwn(table, key) && table[key] === 'later')
      access.diagnostics.report('not-supported-yet', keyAt, `\`${key}\` is not supported yet`)
  }
}
