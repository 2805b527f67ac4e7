/** Of a limit, what one of several gateways may let pass by itself. */
import type { WindowPlan } from '../contract/plan/limit.ts'

export function windowPart(window: WindowPlan, replicas: number): WindowPlan {
  if (replicas === 1) return window
  const amount = Math.max(1, Math.floor(window.amount / replicas))
  return window.algorithm === 'gcra'
    ? { ...window, amount, burst: Math.max(1, Math.floor(window.burst / replicas)) }
    : { ...window, amount }
}
