/** What a request is told that a limit refuses. */
import type { LimitLevel } from '../contract/plan/limit.ts'
import type { RefusalKind } from '../contract/refusals.ts'

export const refusalKinds = {
  api: 'api-quota',
  operation: 'operation-quota',
  subscription: 'subscription-quota',
  application: 'application-quota',
  custom: 'custom-quota',
  backend: 'hard-limit',
} as const satisfies Readonly<Record<LimitLevel, RefusalKind>>

/** Whole seconds, at least one, that are not earlier than `milliseconds`. */
export function wholeSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000))
}
