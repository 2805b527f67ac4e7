/** The tokens that clients replay, and what may be answered to them at a time. All times are monotonic milliseconds. */
import type { Issuer } from '../../behaviour/issuer.ts'
import type { Random } from '../../random.ts'

export class ReplayedToken {
  readonly jti: string
  readonly text: string
  /** Seconds since the epoch. */
  readonly expires: number
  /** When its revocation was first sent to the source; from then on it may be refused. */
  sentAt: number = Number.POSITIVE_INFINITY
  /** When the source had acknowledged it. */
  acknowledgedAt: number = Number.POSITIVE_INFINITY

  constructor(jti: string, text: string, expires: number) {
    this.jti = jti
    this.text = text
    this.expires = expires
  }
}

/** Why an answer is wrong; `null` where it is not. `bound`: milliseconds after which an acknowledged revocation must be known. */
export function wrongness(token: ReplayedToken, status: number, askedAt: number, answeredAt: number, bound: number): string | null {
  if (status === 200) {
    const late = askedAt - token.acknowledgedAt
    return late > bound ? `200 for ${token.jti}, revoked ${late.toFixed(0)} ms before` : null
  }
  if (status === 401) return answeredAt < token.sentAt ? `401 for ${token.jti}, which was not revoked` : null
  // Whoever does not know refuses so.
  return status === 503 ? null : `${status} for ${token.jti}`
}

export class ReplayedTokens {
  readonly #issuer: Issuer
  readonly #lifetime: number
  readonly #all: ReplayedToken[] = []
  readonly #live: ReplayedToken[] = []

  /** `lifetime`: seconds, longer than the soak. */
  constructor(issuer: Issuer, lifetime: number, live: number) {
    this.#issuer = issuer
    this.#lifetime = lifetime
    for (let count = 0; count < live; count++) this.#add()
  }

  get revoked(): number {
    return this.#all.length - this.#live.length
  }

  any(random: Random): ReplayedToken {
    return random.pick(random.onceIn(2) ? this.#live : this.#all)
  }

  /** One that is live, to be revoked; another one takes its place. */
  take(random: Random): ReplayedToken {
    const index = random.below(this.#live.length)
    const [token] = this.#live.splice(index, 1)
    this.#add()
    return token!
  }

  #add(): void {
    const jti = `token-${this.#all.length}`
    const expires = Math.floor(Date.now() / 1000) + this.#lifetime
    const token = new ReplayedToken(jti, this.#issuer.token({ jti, exp: expires }), expires)
    this.#all.push(token)
    this.#live.push(token)
  }
}
