import type { Method } from './method.ts'

/** What is asked of a request. `any`: the field, parameter or claim is there, whatever it says. */
export type ConditionPlan = { readonly negated: boolean } /** CIDR ranges or single addresses. */ & (
  | { readonly kind: 'address'; readonly ranges: readonly string[] }
  | { readonly kind: 'api'; readonly apis: readonly number[] }
  | { readonly kind: 'method'; readonly methods: readonly Method[] }
  /** The name of a field is in lower case; that of a claim may be dotted. */
  | { readonly kind: 'header' | 'query' | 'claim'; readonly name: string; readonly values: readonly string[] | 'any' }
  /** Ids of applications, subjects or names of users, and what Consumer.key is. */
  | { readonly kind: 'application' | 'user' | 'consumer'; readonly values: readonly string[] }
)
