/** Plans made by hand, for tests that are about the gateway alone. */
import type { Method } from '../../src/contract/plan/method.ts'
import type { OperationPlan, PathSegment } from '../../src/contract/plan/operation.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'

export type PlannedOperation = Partial<OperationPlan> & { readonly method: Method; readonly template: string }

export type PlannedGateway = Partial<Omit<GatewayPlan, 'operations'>> & { readonly operations: readonly PlannedOperation[] }

/** `backends`: URLs; operations go to the first unless they say otherwise. */
export function planOf(backends: readonly string[], { operations, ...changes }: PlannedGateway): GatewayPlan {
  return {
    format: 1,
    name: 'test',
    version: '1.0.0',
    errors: 'problem',
    listen: { http: 0, https: 0, httpsRequiredBy: [], admin: 0 },
    limits,
    timeouts,
    trustedProxies: [],
    publicOrigins: [],
    clientCertificates: null,
    settings: [],
    upstreams: backends.map((url) => ({ url: [url], http: '1.1', tls: null, credential: null })),
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
    throttling: noThrottling,
    deny: [],
    cors: [],
    apis: [{ name: 'Test', version: '1.0.0', basePath: '' }],
    operations: operations.map(plannedOperation),
    ...changes,
  }
}

/** Nothing is limited. */
export const noThrottling: GatewayPlan['throttling'] = {
  limits: [],
  capacity: 0,
  store: null,
  trafficManager: null,
  subscription: null,
  application: null,
  unauthenticated: null,
  custom: [],
}

export const limits: GatewayPlan['limits'] = {
  maxHead: 16 * 1024,
  maxFields: 100,
  maxTarget: 8 * 1024,
  maxConnections: 10_000,
  maxUpstreamConnections: 256,
  maxUpstreamWaiting: 1000,
  maxTunnels: 1000,
}

/** Long enough that no test runs into one by chance. */
export const timeouts: GatewayPlan['timeouts'] = {
  head: 30_000,
  bodyIdle: 30_000,
  keepAlive: 75_000,
  connect: 30_000,
  upstreamIdle: 60_000,
  upstreamLife: 0,
}

export function plannedOperation(operation: PlannedOperation): OperationPlan {
  return {
    api: 0,
    id: `${operation.method} ${operation.template}`,
    path: segmentsOf(operation.template),
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
    maxBody: 10 * 1024 * 1024,
    answerTimeout: 60_000,
    exchangeTimeout: 0,
    bodyIdle: 30_000,
    streamIdle: 0,
    upgrade: null,
    keyManager: null,
    onStale: null,
    cors: null,
    identity: { token: false, fields: false, credential: false },
    limited: (operation.limits ?? []).length > 0,
    ...operation,
  }
}

/** `/a/{b}/{c}.json` as the compiler would take it apart. */
export function segmentsOf(template: string): readonly PathSegment[] {
  return template
    .split('/')
    .slice(1)
    .map((text) => {
      const literals = text.split(/\{[^{}]*\}/)
      if (literals.length === 1) return { kind: 'literal', text }
      return text.startsWith('{') && text.indexOf('}') === text.length - 1 ? { kind: 'parameter' } : { kind: 'pattern', literals }
    })
}
