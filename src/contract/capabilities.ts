/**
 * What a gateway can be made of, beyond routing and forwarding. The compiler decides from the plan which ones a bundle needs;
 * the generated entry imports exactly those, and the bundle guard checks that the others are absent.
 */
export type CapabilityName =
  | 'upgrade'
  | 'cors'
  | 'jwt'
  | 'fetched-keys'
  | 'introspection'
  | 'shared-introspection'
  | 'key-manager'
  | 'dpop'
  | 'client-certificate'
  | 'credentials'
  | 'credential-watch'
  | 'revocation'
  | 'revocation-list'
  | 'revocation-etcd'
  | 'revocation-persist'
  | 'revocation-redis'
  | 'revocation-amqp'
  | 'revocation-amqp10'
  | 'publishing'
  | 'publish-etcd'
  | 'publish-redis'
  | 'publish-amqp'
  | 'publish-amqp10'
  | 'api-key'
  | 'signed-api-key'
  | 'scrypt-api-key'
  | 'basic'
  | 'subscriptions'
  | 'extensions'
  | 'deny'
  | 'deny-feed'
  | 'concurrency'
  | 'throttle'
  | 'throttle-redis'
  | 'traffic-manager'
  | 'backend-identity'
  | 'https-backend'
  | 'http2-backend'
  | 'backend-credential'
  | 'backend-digest'
  | 'client-credentials'
  | 'wso2-errors'

export type CapabilityEntry = {
  /** Below src/gateway. */
  readonly module: string
  readonly exportName: string
  /** How the names of modules begin that only this capability may bring into a bundle. */
  readonly owns: string
  /** Packages that only this capability, and others that name them, may bring into a bundle, Node's own included. */
  readonly packages: readonly string[]
}

/** One row for each capability. */
export const capabilityModules: Readonly<Record<CapabilityName, CapabilityEntry>> = {
  jwt: { module: 'auth/jwt.ts', exportName: 'jwtCapability', owns: 'auth/', packages: ['jose'] },
  'fetched-keys': { module: 'key-sets/fetched-keys.ts', exportName: 'fetchedKeysCapability', owns: 'key-sets/', packages: [] },
  introspection: {
    module: 'introspection/introspection.ts',
    exportName: 'introspectionCapability',
    owns: 'introspection/',
    packages: [],
  },
  'shared-introspection': {
    module: 'shared-introspection/shared-introspection.ts',
    exportName: 'sharedIntrospectionCapability',
    owns: 'shared-introspection/',
    packages: ['@redis/client'],
  },
  'key-manager': {
    module: 'key-manager/key-manager.ts',
    exportName: 'keyManagerCapability',
    owns: 'key-manager/',
    packages: [],
  },
  dpop: { module: 'dpop/dpop.ts', exportName: 'dpopCapability', owns: 'dpop/', packages: [] },
  'client-certificate': {
    module: 'client-certificate/client-certificate.ts',
    exportName: 'clientCertificateCapability',
    owns: 'client-certificate/',
    packages: [],
  },
  credentials: { module: 'credentials.ts', exportName: 'credentialsCapability', owns: 'credentials.ts', packages: [] },
  'credential-watch': {
    module: 'credential-watch.ts',
    exportName: 'credentialWatchCapability',
    owns: 'credential-watch.ts',
    packages: [],
  },
  'api-key': { module: 'api-key/api-key.ts', exportName: 'apiKeyCapability', owns: 'api-key/', packages: [] },
  'signed-api-key': {
    module: 'signed-api-key/signed-api-key.ts',
    exportName: 'signedApiKeyCapability',
    owns: 'signed-api-key/',
    packages: [],
  },
  'scrypt-api-key': {
    module: 'scrypt-api-key/scrypt-api-key.ts',
    exportName: 'scryptApiKeyCapability',
    owns: 'scrypt-api-key/',
    packages: [],
  },
  basic: { module: 'basic/basic.ts', exportName: 'basicCapability', owns: 'basic/', packages: [] },
  subscriptions: {
    module: 'subscriptions/subscriptions.ts',
    exportName: 'subscriptionsCapability',
    owns: 'subscriptions/',
    packages: [],
  },
  extensions: { module: 'extension/extension.ts', exportName: 'extensionCapability', owns: 'extension/', packages: [] },
  revocation: { module: 'revocation/revocation.ts', exportName: 'revocationCapability', owns: 'revocation/', packages: [] },
  'revocation-list': {
    module: 'revocation-list/list-feed.ts',
    exportName: 'revocationListCapability',
    owns: 'revocation-list/',
    packages: [],
  },
  'revocation-persist': {
    module: 'revocation-persist/persist.ts',
    exportName: 'revocationPersistCapability',
    owns: 'revocation-persist/',
    packages: [],
  },
  'revocation-etcd': {
    module: 'revocation-etcd/etcd-feed.ts',
    exportName: 'revocationEtcdCapability',
    owns: 'revocation-etcd/',
    packages: [],
  },
  'revocation-redis': {
    module: 'revocation-redis/stream-feed.ts',
    exportName: 'revocationRedisCapability',
    owns: 'revocation-redis/',
    packages: ['@redis/client'],
  },
  'revocation-amqp': {
    module: 'revocation-amqp/amqp-feed.ts',
    exportName: 'revocationAmqpCapability',
    owns: 'revocation-amqp/',
    packages: ['amqplib'],
  },
  'revocation-amqp10': {
    module: 'revocation-amqp10/amqp10-feed.ts',
    exportName: 'revocationAmqp10Capability',
    owns: 'revocation-amqp10/',
    packages: ['rhea'],
  },
  publishing: { module: 'publishing/publishing.ts', exportName: 'publishingCapability', owns: 'publishing/', packages: [] },
  'publish-etcd': {
    module: 'publish-etcd/etcd-publisher.ts',
    exportName: 'publishEtcdCapability',
    owns: 'publish-etcd/',
    packages: [],
  },
  'publish-redis': {
    module: 'publish-redis/redis-publisher.ts',
    exportName: 'publishRedisCapability',
    owns: 'publish-redis/',
    packages: ['@redis/client'],
  },
  'publish-amqp': {
    module: 'publish-amqp/amqp-publisher.ts',
    exportName: 'publishAmqpCapability',
    owns: 'publish-amqp/',
    packages: ['amqplib'],
  },
  'publish-amqp10': {
    module: 'publish-amqp10/amqp10-publisher.ts',
    exportName: 'publishAmqp10Capability',
    owns: 'publish-amqp10/',
    packages: ['rhea'],
  },
  throttle: { module: 'throttle/throttle.ts', exportName: 'throttleCapability', owns: 'throttle/', packages: [] },
  'throttle-redis': {
    module: 'throttle-redis/throttle-redis.ts',
    exportName: 'throttleRedisCapability',
    owns: 'throttle-redis/',
    packages: ['@redis/client'],
  },
  'traffic-manager': {
    module: 'traffic-manager/traffic-manager.ts',
    exportName: 'trafficManagerCapability',
    owns: 'traffic-manager/',
    packages: ['amqplib'],
  },
  'backend-identity': {
    module: 'backend-identity/backend-identity.ts',
    exportName: 'backendIdentityCapability',
    owns: 'backend-identity/',
    packages: [],
  },
  'https-backend': { module: 'upstream/tls.ts', exportName: 'tlsCapability', owns: 'upstream/tls', packages: [] },
  'http2-backend': {
    module: 'upstream/http2-backend.ts',
    exportName: 'http2BackendCapability',
    owns: 'upstream/http2',
    packages: [],
  },
  'backend-credential': {
    module: 'backend-credential/backend-credential.ts',
    exportName: 'backendCredentialCapability',
    owns: 'backend-credential/',
    packages: [],
  },
  'backend-digest': {
    module: 'backend-digest/backend-digest.ts',
    exportName: 'backendDigestCapability',
    owns: 'backend-digest/',
    packages: [],
  },
  'client-credentials': {
    module: 'client-credentials/client-credentials.ts',
    exportName: 'clientCredentialsCapability',
    owns: 'client-credentials/',
    packages: [],
  },
  upgrade: { module: 'upgrade/upgrade.ts', exportName: 'upgradeCapability', owns: 'upgrade/', packages: [] },
  concurrency: { module: 'concurrency/concurrency.ts', exportName: 'concurrencyCapability', owns: 'concurrency/', packages: [] },
  deny: { module: 'deny/deny.ts', exportName: 'denyCapability', owns: 'deny/', packages: [] },
  'deny-feed': { module: 'deny-feed/deny-feed.ts', exportName: 'denyFeedCapability', owns: 'deny-feed/', packages: [] },
  cors: { module: 'cors/cors.ts', exportName: 'corsCapability', owns: 'cors/', packages: [] },
  'wso2-errors': { module: 'wso2-errors.ts', exportName: 'wso2ErrorsCapability', owns: 'wso2-errors', packages: [] },
}
