import type { ScopesAnswer, ScopesQuestion, SubscriptionAnswer, SubscriptionQuestion } from 'postern/extension'
import { isEarly } from './lists/early.ts'

export function validateSubscription({ caller, standard }: SubscriptionQuestion): SubscriptionAnswer | Promise<SubscriptionAnswer> {
  return isEarly(caller.consumer) || standard()
}

export function validateScopes({ standard }: ScopesQuestion): ScopesAnswer {
  return standard
}
