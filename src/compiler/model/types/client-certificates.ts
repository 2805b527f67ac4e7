import type { Location } from '../../source/location.ts'
import type { Authority } from './authority.ts'
import type { Placed } from './placed.ts'

/** Whose client certificates are believed. */
export type ClientCertificates = {
  readonly at: Location
  /** Whose certificates do wherever one is asked for and no holder is named. */
  readonly authorities: readonly Authority[]
  readonly holders: readonly CertificateHolder[]
  /** Lower-case name of the field in which trusted proxies hand on the client's certificate. */
  readonly header: Placed<string> | null
}

/** See CertificateHolderPlan. */
export type CertificateHolder = {
  readonly id: string
  readonly consumer: string
  readonly thumbprint: string | null
  readonly subject: string | null
  readonly name: string | null
  readonly authorities: readonly Authority[] | null
  readonly at: Location
}
