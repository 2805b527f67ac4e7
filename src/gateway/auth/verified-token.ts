/** What one good token says, kept for as long as the token is: everything that a request with it needs is decided once. */
import type { Claims } from '../claims.ts'
import type { Consumer } from '../consumer.ts'
import type { VerificationKey } from '../jws/signature.ts'
import type { RevocationMarks } from '../revocation/marks.ts'
import type { Subscriber } from '../subscriptions/subscriber.ts'
import type { TokenBinding } from './token-binding.ts'

export class VerifiedToken {
  /** Index of the issuer in the plan. */
  readonly issuer: number
  /**
   * Milliseconds since the epoch from which it is refused, clock skew included. Checked on every request. Of a token that the key manager
   * knows: from which it is asked again.
   */
  readonly expiresAt: number
  /** The same, but when it ends in any case. */
  readonly endsAt: number
  /** Its key manager has said what it is; it is no text that could be verified. */
  readonly introspected: boolean
  /** Bit n is set when the token holds plan.scopes[n]. */
  readonly scopeBits: Uint32Array
  readonly keyType: 'production' | 'sandbox'
  /** `null`: the token names nobody, and the caller counts by address. */
  readonly consumer: Consumer | null
  /** `null`: whoever has the token may use it. */
  readonly binding: TokenBinding | null
  /** All that the token says; `null` where the plan has nothing that reads it. */
  readonly claims: Claims | null
  /** What verified it; `null` where no key of ours did. */
  key: VerificationKey | null = null
  /** `null` where nothing is ever revoked. */
  marks: RevocationMarks | null = null
  /** By which it is found when it is revoked through the gateway; `null` where it cannot be, and for JWTs that are verified. */
  digest: string | null = null
  /** Where the ring of dropped tokens was when its key manager was asked: what was dropped before is in the answer. */
  askedAt: number = 0
  /** It was revoked through the gateway. */
  dropped: boolean = false
  /** What its application is subscribed to; `null` until somebody asks. */
  subscriber: Subscriber | null = null

  constructor(
    issuer: number,
    expiresAt: number,
    scopeBits: Uint32Array,
    keyType: 'production' | 'sandbox',
    consumer: Consumer | null,
    binding: TokenBinding | null = null,
    claims: Claims | null = null,
    /** When the key manager's answer is too old; `null`: nobody was asked. */
    askAgainAt: number | null = null,
  ) {
    this.issuer = issuer
    this.expiresAt = askAgainAt === null ? expiresAt : Math.min(expiresAt, askAgainAt)
    this.endsAt = expiresAt
    this.introspected = askAgainAt !== null
    this.scopeBits = scopeBits
    this.keyType = keyType
    this.consumer = consumer
    this.binding = binding
    this.claims = claims
  }
}
