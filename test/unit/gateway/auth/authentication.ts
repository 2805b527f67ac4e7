/** The JWT capability of a small plan with three keys, and what it says to one credential. */

import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import { jwtCapability } from '../../../../src/gateway/auth/jwt.ts'
import type { KeySets } from '../../../../src/gateway/capabilities/fetched-keys.ts'
import type { TokenAuthentication } from '../../../../src/gateway/capabilities/jwt.ts'
import type { Exchange, Refusal } from '../../../../src/gateway/exchange.ts'
import { Metrics } from '../../../../src/gateway/observability/metrics.ts'
import { ManualClock, sampleExchange } from '../sample-exchange.ts'
import { sampleIssuer, sampleOperation, samplePlan, tokenSecurity } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'
import { ecKey, edKey, keyPlan, rsaKey, testNow } from './signed-token.ts'

export type Rig = {
  readonly plan: GatewayPlan
  readonly clock: ManualClock
  readonly metrics: Metrics
  readonly tokens: TokenAuthentication
  /** Authenticates against the operation of that index, by default the first. */
  readonly authenticate: (credential: string | null, operation?: number) => Promise<{ refusal: Refusal | undefined; exchange: Exchange }>
}

export async function rig(parts: Partial<GatewayPlan> = {}, keySets: KeySets | null = null): Promise<Rig> {
  const plan = samplePlan({
    issuers: [sampleIssuer({ keys: [keyPlan(rsaKey), keyPlan(ecKey), keyPlan(edKey)] })],
    operations: [sampleOperation({ security: tokenSecurity() })],
    ...parts,
  })
  const clock = new ManualClock(testNow * 1_000)
  const metrics = new Metrics(plan, 'sha256:test')
  const tokens = await jwtCapability({ ...sampleSurroundings(plan, clock, metrics), keySets }, null)
  const steps = plan.operations.map((operation) => tokens.authenticate(operation))
  const authenticate: Rig['authenticate'] = async (credential, operation = 0) => {
    const exchange = sampleExchange(credential)
    return { refusal: await steps[operation]?.(exchange), exchange }
  }
  return { plan, clock, metrics, tokens, authenticate }
}

/** The reason word of the refusal of a bearer token, or `accepted`. */
export async function verdict({ authenticate }: Rig, token: string): Promise<string> {
  const { refusal, exchange } = await authenticate(`Bearer ${token}`)
  if (refusal === undefined) return exchange.token === null ? 'no token' : 'accepted'
  return refusal.reason
}
