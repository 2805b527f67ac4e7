/** A checked project, made by hand: what the stages after the check are given. */

import type { Project } from '../../../src/compiler/model/model.ts'
import type { Api } from '../../../src/compiler/model/types/api.ts'
import type { Backend } from '../../../src/compiler/model/types/backend.ts'
import type { Operation } from '../../../src/compiler/model/types/operation.ts'
import type { Placed } from '../../../src/compiler/model/types/placed.ts'
import type { Requirement, Security } from '../../../src/compiler/model/types/security.ts'
import type { Throttle } from '../../../src/compiler/model/types/throttling.ts'
import type { Location } from '../../../src/compiler/source/location.ts'
import type { SettingText } from '../../../src/contract/plan/setting.ts'

export function at(file: string, line: number): Location {
  return { file, line, column: 1, pointer: '#' }
}

export const place: Location = at('api.yaml', 1)

export const publicOperation: Security = { kind: 'public', at: place }

export function tokenWith(...alternatives: readonly (readonly string[])[]): Extract<Security, { kind: 'required' }> {
  return { kind: 'required', at: place, header: 'authorization', headerAt: null, requirements: alternatives.map(requirement) }
}

/** One bearer scheme with the given scopes. */
export function requirement(scopes: readonly string[]): Requirement {
  return { at: place, schemes: [tokenScheme(scopes)] }
}

export function tokenScheme(scopes: readonly string[]): Requirement['schemes'][number] {
  return {
    at: place,
    name: 'bearer',
    scheme: { kind: 'token', type: 'bearer', declaredScopes: null },
    scopes: scopes.map((value) => ({ value, at: place })),
  }
}

export function throttle(tier: string, by: Throttle['by'] = 'consumer'): Throttle {
  return { tier: { value: tier, at: at('api.yaml', 7) }, by }
}

/** One that is spoken with as most are. */
export function backend(url: SettingText, where: Location = place): Placed<Backend> {
  return { value: { url, http: '1.1', tls: null, credential: null }, at: where }
}

export function operation(method: Operation['method'], template: string, changes: Partial<Operation> = {}): Operation {
  return {
    method,
    template,
    path: template
      .split('/')
      .slice(1)
      .map((text) => (text.startsWith('{') ? { kind: 'parameter' } : { kind: 'literal', text })),
    operationId: null,
    at: at('api.yaml', 10),
    security: publicOperation,
    issuers: null,
    certificates: null,
    throttle: null,
    production: backend(['http://127.0.0.1:9000'], at('postern.yaml', 5)),
    sandbox: null,
    backendRefused: false,
    maxBody: { value: 10_485_760, at: null },
    answerTimeout: { value: 60_000, at: null },
    exchangeTimeout: { value: 0, at: null },
    idle: null,
    upgrade: null,
    cors: null,
    keyManager: null,
    parameters: [],
    onStale: null,
    identity: { token: null, fields: null, credential: null },
    ...changes,
  }
}

export function api(operations: readonly Operation[], changes: Partial<Api> = {}): Api {
  return {
    title: 'Books',
    version: '1.0.0',
    definition: 'api.yaml',
    at: place,
    basePath: { value: '/books', at: at('postern.yaml', 4) },
    throttle: null,
    hardLimits: { production: null, sandbox: null },
    capacities: { production: null, sandbox: null },
    concurrency: null,
    rootRequirements: [],
    mutualTls: null,
    transport: null,
    validateSubscriptions: null,
    operations,
    ...changes,
  }
}

export const publicKey: Readonly<Record<string, string>> = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}

export function project(apis: readonly Api[], changes: Partial<Project> = {}): Project {
  return {
    name: 'bookshop',
    version: '1.0.0',
    at: at('postern.yaml', 1),
    apis,
    apiKeys: null,
    apiKeyIssuers: [],
    users: null,
    subscriptions: null,
    extensions: null,
    revocation: null,
    backendToken: null,
    consumerFields: null,
    issuers: [
      {
        issuer: 'https://idp.example',
        at: at('postern.yaml', 8),
        audiences: ['books'],
        keys: [{ kid: 'k1', algorithms: ['ES256'], jwk: publicKey, notBefore: null, notAfter: null, at: at('keys.json', 1) }],
        fetchedKeys: null,
        algorithms: null,
        clockSkew: 5,
        claims: { scope: 'scope', subject: 'sub', client: 'azp', application: 'application', keyType: 'keytype' },
        profile: 'jwt',
        senderConstrained: null,
        introspection: null,
        passThrough: null,
        validateSubscriptions: null,
      },
    ],
    tierGroups: new Map(),
    applicationTiers: new Map(),
    subscriptionTiers: new Map(),
    throttling: { application: null, subscription: null, unauthenticated: null, replicas: 1, store: null, trafficManager: null },
    deny: [],
    customLimits: [],
    tiers: new Map([
      [
        'Gold',
        {
          name: 'Gold',
          at: at('policies.yaml', 2),
          windows: [{ algorithm: 'sliding', unit: 'requests', amount: 100, window: 60_000 }],
          whenUsedUp: 'refuse',
        },
      ],
      [
        'Bronze',
        {
          name: 'Bronze',
          at: at('policies.yaml', 3),
          windows: [{ algorithm: 'fixed', unit: 'requests', amount: 10, window: 60_000 }],
          whenUsedUp: 'refuse',
        },
      ],
    ]),
    settings: new Map(),
    listen: { http: 8080, https: { value: 8443, at: null }, admin: 9090 },
    trustedProxies: [],
    publicOrigins: [],
    clientCertificates: null,
    errors: 'problem',
    waivers: [],
    limits: {
      maxHead: 16_384,
      maxFields: 100,
      maxTarget: 8192,
      maxBody: { value: 10_485_760, at: null },
      maxConnections: 10_000,
      maxUpstreamConnections: 256,
      maxUpstreamWaiting: 1000,
      maxTunnels: 1000,
      maxConsumers: 100_000,
      maxRevocations: 1_000_000,
    },
    timeouts: {
      head: 10_000,
      bodyIdle: 30_000,
      keepAlive: 75_000,
      connect: 5000,
      upstreamIdle: 60_000,
      upstreamLife: 300_000,
      answer: { value: 60_000, at: null },
      exchange: { value: 0, at: null },
    },
    kubernetes: null,
    ...changes,
  }
}
