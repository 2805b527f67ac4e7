/** The smallest plan, to hang what is under test on. */
import type { GatewayPlan, IssuerPlan, LimitPlan, OperationPlan, SecurityPlan } from '../../../src/contract/plan.ts'
import { noThrottling } from '../../wire/plan.ts'

export function samplePlan(parts: Partial<GatewayPlan> = {}): GatewayPlan {
  return {
    format: 1,
    name: 'petstore',
    version: '1.0.0',
    errors: 'problem',
    listen: { http: 0, https: 0, httpsRequiredBy: [], admin: 0 },
    limits: {
      maxHead: 16_384,
      maxFields: 100,
      maxTarget: 8_192,
      maxConnections: 100,
      maxUpstreamConnections: 10,
      maxUpstreamWaiting: 10,
      maxTunnels: 1000,
    },
    timeouts: { head: 10_000, bodyIdle: 30_000, keepAlive: 75_000, connect: 5_000, upstreamIdle: 60_000, upstreamLife: 0 },
    trustedProxies: [],
    publicOrigins: [],
    clientCertificates: null,
    settings: [],
    upstreams: [{ url: ['http://127.0.0.1:9000'], http: '1.1', tls: null, credential: null }],
    issuers: [],
    apiKeys: [],
    apiKeyIssuers: [],
    users: [],
    extensions: null,
    applications: [],
    revocation: null,
    backendToken: null,
    consumerFields: [],
    keepClaims: false,
    scopes: [],
    throttling: { ...noThrottling, capacity: 1_024 },
    deny: [],
    cors: [],
    apis: [{ name: 'petstore', version: '1.0.0', basePath: '/petstore/v1' }],
    operations: [sampleOperation()],
    ...parts,
  }
}

export function sampleOperation(parts: Partial<OperationPlan> = {}): OperationPlan {
  return {
    api: 0,
    id: 'getPet',
    method: 'GET',
    template: '/petstore/v1/pet/{petId}',
    path: [{ kind: 'literal', text: 'petstore' }, { kind: 'literal', text: 'v1' }, { kind: 'literal', text: 'pet' }, { kind: 'parameter' }],
    security: { kind: 'public' },
    certificate: 'unused',
    subscription: null,
    extensions: [],
    certificateHolders: null,
    transport: 'any',
    limits: [],
    conditionalLimits: { api: [], operation: [] },
    callerLimits: false,
    hardLimits: { production: null, sandbox: null },
    concurrency: null,
    production: { upstream: 0 },
    sandbox: null,
    maxBody: 1_048_576,
    answerTimeout: 60_000,
    exchangeTimeout: 0,
    bodyIdle: 30_000,
    streamIdle: 0,
    upgrade: null,
    keyManager: null,
    onStale: null,
    cors: null,
    identity: { token: false, fields: false, credential: false },
    limited: (parts.limits ?? []).length > 0,
    ...parts,
  }
}

/** Security by a token of the first issuer, without scopes. */
export function tokenSecurity(parts: Partial<Extract<SecurityPlan, { kind: 'token' }>> = {}): SecurityPlan {
  return {
    kind: 'token',
    header: 'authorization',
    alternatives: [{ issuers: [0], scopes: [], certificate: false }],
    anonymous: false,
    certificateSuffices: false,
    dpop: false,
    ...parts,
  }
}

export function sampleIssuer(parts: Partial<IssuerPlan> = {}): IssuerPlan {
  return {
    issuer: 'https://idp.example.com',
    audiences: ['petstore'],
    keys: [],
    fetchedKeys: null,
    clockSkew: 5,
    claims: { scope: 'scope', subject: 'sub', client: 'azp', application: 'application', keyType: 'keytype' },
    profile: 'jwt',
    senderConstrained: { certificate: false, dpop: false, required: false },
    introspection: null,
    ...parts,
  }
}

export function sampleLimit(parts: Partial<LimitPlan> = {}): LimitPlan {
  return {
    tier: 'Gold',
    level: 'operation',
    by: 'consumer',
    windows: [{ unit: 'requests', amount: 5, window: 60_000, algorithm: 'sliding' }],
    whenUsedUp: 'refuse',
    ...parts,
  }
}
