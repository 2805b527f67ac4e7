/** What a capability has around it in a gateway of one thread. */
import type { GatewayPlan } from '../../../src/contract/plan.ts'
import type { Surroundings } from '../../../src/gateway/capabilities/surroundings.ts'
import { type Clock, systemClock } from '../../../src/gateway/clock.ts'
import { Metrics } from '../../../src/gateway/observability/metrics.ts'
import { onlyThread } from '../../../src/gateway/serving-thread.ts'

export function sampleSurroundings(
  plan: GatewayPlan,
  clock: Clock = systemClock,
  metrics = new Metrics(plan, 'sha256:test'),
): Surroundings {
  const thread = onlyThread(1)
  const { shared } = thread
  return { plan, clock, metrics, shared, thread, keySets: null, values: new Map(), warn: () => {}, atEnd: () => {}, revocations: null }
}
