/** What backends are told of callers. */
import type { BackendTokenPlan, ConsumerFieldPlan } from '../../../contract/plan/backend-identity.ts'
import type { Location } from '../../source/location.ts'
import type { Placed } from './placed.ts'

/** See BackendTokenPlan. */
export type BackendToken = BackendTokenPlan & { readonly at: Location }

export type ConsumerFields = { readonly fields: readonly ConsumerFieldPlan[]; readonly at: Location }

/** Whether the backend gets token, consumer fields, and the caller's credential; `null` where nothing is said. */
export type ToldIdentity = Readonly<Record<'token' | 'fields' | 'credential', Placed<boolean> | null>>
