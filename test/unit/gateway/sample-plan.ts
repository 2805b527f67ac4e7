/** The smallest plan, to hang what is under test on. */
import type { IssuerPlan } from '../../../src/contract/plan/issuer.ts'
import type { LimitPlan } from '../../../src/contract/plan/limit.ts'
import type { OperationPlan } from '../../../src/contract/plan/operation.ts'
import type { SecurityPlan } from '../../../src/contract/plan/security.ts'
import type { GatewayPlan } from '../../../src/contract/plan.ts'
import { limits, noThrottling, plannedOperation, planOf } from '../../wire/plan.ts'

export function samplePlan(parts: Partial<GatewayPlan> = {}): GatewayPlan {
  const plan = planOf(['http://127.0.0.1:9000'], {
    name: 'petstore',
    limits: { ...limits, maxConnections: 100, maxUpstreamConnections: 10, maxUpstreamWaiting: 10 },
    throttling: { ...noThrottling, capacity: 1_024 },
    apis: [{ name: 'petstore', version: '1.0.0', basePath: '/petstore/v1' }],
    operations: [],
  })
  return { ...plan, operations: [sampleOperation()], ...parts }
}

export function sampleOperation(parts: Partial<OperationPlan> = {}): OperationPlan {
  return plannedOperation({ id: 'getPet', method: 'GET', template: '/petstore/v1/pet/{petId}', maxBody: 1_048_576, ...parts })
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
