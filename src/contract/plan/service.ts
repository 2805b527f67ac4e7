import type { SettingText } from './setting.ts'
import type { BackendTlsPlan } from './tls.ts'

/** A service that the gateway itself asks. */
export type ServicePlan = {
  /** An https URL, perhaps with a query; http to the same machine, and to others where `plainHttp` says so. */
  readonly url: SettingText
  readonly plainHttp: boolean
  /** `null` where nothing is said. */
  readonly tls: BackendTlsPlan | null
}
