import type { IntrospectionCachePlan, IntrospectionPlan, SharedCachePlan } from '../../../contract/plan/introspection.ts'
import type { Location } from '../../source/location.ts'
import type { Authority } from './authority.ts'
import type { Placed } from './placed.ts'
import type { Service } from './service.ts'

/** See IntrospectionPlan. */
export type Introspection = Omit<IntrospectionPlan, 'service' | 'cache'> & {
  readonly service: Service
  readonly cache: IntrospectionCache
  readonly at: Location
}

/** See IntrospectionCachePlan. */
export type IntrospectionCache = Omit<IntrospectionCachePlan, 'shared'> & {
  /** `null` where nothing is said. */
  readonly mode: Placed<'local' | 'invalidated' | 'shared'> | null
  readonly shared: (Omit<SharedCachePlan, 'authorities'> & { readonly authorities: readonly Authority[]; readonly at: Location }) | null
}
