/** What an entry of the subscription file means: its state, as WSO2 names them, and the APIs that it is for. */
import type { SubscriptionState } from '../../contract/plan/subscriptions.ts'
import type { Api } from './types/api.ts'
import type { ApiSubscription } from './types/subscriptions.ts'

export const subscriptionStates = {
  ACTIVE: 'active',
  UNBLOCKED: 'active',
  /** The tier that holds is the one that is written. */
  TIER_UPDATE_PENDING: 'active',
  ON_HOLD: 'on-hold',
  BLOCKED: 'blocked',
  PROD_ONLY_BLOCKED: 'blocked-production',
  REJECTED: 'rejected',
} as const satisfies Readonly<Record<string, SubscriptionState>>

export function isSubscriptionTo({ api, version }: ApiSubscription, { title, version: own }: Api): boolean {
  return api.value === title && (version.value === '*' || version.value === own)
}
