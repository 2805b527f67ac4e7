import type { Location } from '../../source/location.ts'

/** A certificate whose holder may vouch for others. */
export type Authority = {
  readonly pem: string
  readonly subject: string
  /** Seconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
  readonly at: Location
}
