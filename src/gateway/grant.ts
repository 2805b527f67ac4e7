/** What a good API key or password gives its holder. One object lives as long as the gateway, whatever requests come with it. */
import type { Claims } from './claims.ts'
import type { Consumer } from './consumer.ts'
import type { RevocationMarks } from './revocation/marks.ts'

export type Grant = {
  /** Bit n is set where it holds plan.scopes[n]. */
  readonly scopeBits: Uint32Array
  readonly consumer: Consumer
  /** Which backend; `null`: it does not say. */
  readonly keyType: 'production' | 'sandbox' | null
  /** What the project says of the holder, in the form of a token's claims. */
  readonly claims: Claims
  /** The user whom it is of, by name; `null`: nobody says. */
  readonly user: string | null
  /** What the project says of the holder of an API key alone; `null`: nothing. */
  readonly tier: string | null
  /** `null` where nothing is ever revoked, and for passwords. */
  readonly marks: RevocationMarks | null
  /** Milliseconds since the epoch from which it is refused; infinite where it has no end. */
  readonly expiresAt: number
}
