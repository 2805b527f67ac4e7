/** The throttling step of a gateway with one limit, which a real Redis counts. */
import type { TestContext } from 'node:test'
import type { LimitPlan } from '../../../../src/contract/plan/limit.ts'
import type { SharedStorePlan } from '../../../../src/contract/plan/shared-store.ts'
import type { Step } from '../../../../src/gateway/exchange.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { throttleCapability } from '../../../../src/gateway/throttle/throttle.ts'
import { throttleRedisCapability } from '../../../../src/gateway/throttle-redis/throttle-redis.ts'
import { sampleLimit, sampleOperation, samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

/** Of one operation, whose callers share `windows`. Its connections end with the test. */
export async function redisStep(t: TestContext, store: SharedStorePlan, windows: LimitPlan['windows']): Promise<Step> {
  const plan = samplePlan({
    throttling: { ...samplePlan().throttling, limits: [sampleLimit({ by: 'api', windows })], store },
    operations: [sampleOperation({ limits: [0], limited: true })],
  })
  const endings: (() => void)[] = []
  const surroundings = { ...sampleSurroundings(plan), atEnd: (action: () => void) => void endings.push(action) }
  t.after(() => {
    for (const ending of endings) ending()
  })
  return throttleCapability(surroundings, await throttleRedisCapability(surroundings)).throttle(plan.operations[0]!, requestFields([]))!
}
