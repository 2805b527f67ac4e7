import type { GatewayPlan } from '../../contract/plan.ts'

export class Metrics {
  constructor(_plan: GatewayPlan) {}
}
