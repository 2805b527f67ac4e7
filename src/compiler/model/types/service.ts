import type { ServicePlan } from '../../../contract/plan/service.ts'
import type { Location } from '../../source/location.ts'
import type { Backend } from './backend.ts'

/** See ServicePlan. */
export type Service = Pick<ServicePlan, 'url' | 'plainHttp'> & {
  readonly tls: Backend['tls']
  /** Of the address. */
  readonly at: Location
}
