/** What the gateways of a fleet know of the tokens of one issuer. Nobody has to believe Redis: an answer that was not sealed is none. */
import type { TokenAnswer } from '../capabilities/introspection.ts'
import type { Clock } from '../clock.ts'
import type { RedisStore, StoreReply } from './redis-store.ts'
import type { SealedAnswers } from './sealed-answers.ts'
import type { SharedCounts } from './shared-counts.ts'

export type SharedAnswersParts = {
  readonly store: Pick<RedisStore, 'read' | 'add' | 'put' | 'remove'>
  readonly sealed: SealedAnswers
  /** Milliseconds for which a good answer counts, and one that a token is not good. */
  readonly keep: number
  readonly keepInvalid: number
  readonly clock: Clock
  readonly counts: SharedCounts
  /** Takes what an operator should know. */
  readonly tell: (problem: string) => void
}

/** Milliseconds by which the clock of another gateway may be ahead. */
const mostSkew = 60_000

export class SharedAnswers {
  readonly #parts: SharedAnswersParts
  #toldOfForgery: boolean = false

  constructor(parts: SharedAnswersParts) {
    this.#parts = parts
  }

  /** `null`: nobody knows the token, or it cannot be said in time. Never rejects, as nothing here does. */
  async find(token: string): Promise<TokenAnswer | null> {
    const { store, sealed, counts, clock, keep, keepInvalid } = this.#parts
    const name = sealed.name(token)
    const reply = this.#counted(await store.read(name))
    if (reply === null) return null
    if (reply.value === null) return this.#miss()
    const answer = typeof reply.value === 'string' ? sealed.open(name, reply.value) : null
    if (answer === null) return this.#forged(name)
    const { claims, answeredAt } = answer
    const now = clock.now()
    const age = now - answeredAt
    if (age >= (claims === null ? keepInvalid : keep) || age < -mostSkew) return this.#miss()
    counts.count('hit')
    return { claims, answeredAt: Math.min(answeredAt, now) }
  }

  /** What is there already stays: it may say that the token was revoked while the key manager still said something else. */
  async keep(token: string, { claims, answeredAt }: TokenAnswer): Promise<void> {
    const { store, sealed, keep, keepInvalid, clock } = this.#parts
    const time = claims === null ? keepInvalid : Math.min(keep, (endOf(claims) ?? Number.POSITIVE_INFINITY) - clock.now())
    if (time < 1) return
    const name = sealed.name(token)
    this.#counted(await store.add(name, sealed.seal(name, { answeredAt, claims }), Math.floor(time)))
  }

  /** The token is not good any more, whatever somebody keeps of it from now on. */
  async revoke(token: string): Promise<void> {
    const { store, sealed, keepInvalid, keep, clock } = this.#parts
    const name = sealed.name(token)
    const answer = sealed.seal(name, { answeredAt: clock.now(), claims: null })
    this.#counted(await store.put(name, answer, Math.max(keep, keepInvalid)))
  }

  #miss(): null {
    this.#parts.counts.count('miss')
    return null
  }

  async #forged(name: string): Promise<null> {
    const { counts, store, tell } = this.#parts
    counts.count('forged')
    if (!this.#toldOfForgery) tell('Redis holds what no gateway with this secret has written')
    this.#toldOfForgery = true
    this.#counted(await store.remove(name))
    return null
  }

  /** `null`: there was no reply, and why has been counted. */
  #counted(reply: StoreReply): Exclude<StoreReply, string> | null {
    if (typeof reply === 'object') return reply
    this.#parts.counts.count(reply)
    return null
  }
}

/** Milliseconds since the epoch; `null` where nothing says when it is, or it is no time. */
function endOf(claims: NonNullable<TokenAnswer['claims']>): number | null {
  const end = Object.hasOwn(claims, 'exp') ? claims.exp : undefined
  return typeof end === 'number' && Number.isFinite(end) ? end * 1_000 : null
}
