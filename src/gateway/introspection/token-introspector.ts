/** What a key manager says of tokens: one question about a token, however many requests have it, and a bounded number of them. */
import type { AuthFailureReason } from '../auth/auth-refusals.ts'
import type { VerifiedToken } from '../auth/verified-token.ts'
import type { Introspector, JudgeAnswer, TokenQuestions } from '../capabilities/introspection.ts'
import type { Clock } from '../clock.ts'
import { type DroppedTokens, digestOf } from '../dropped-tokens.ts'
import type { IntrospectionCounts } from './introspection-counts.ts'
import { RefusedTokens } from './refused-tokens.ts'

export type IntrospectorParts = {
  readonly questions: TokenQuestions
  readonly judge: JudgeAnswer
  /** Questions that may be open at the same time. */
  readonly lookups: number
  /** Milliseconds for which a token that is not good is remembered. */
  readonly keepInvalid: number
  readonly clock: Clock
  readonly counts: IntrospectionCounts
  /** What was revoked through this gateway; `null` where nothing can be. */
  readonly dropped: DroppedTokens | null
}

/** Characters of a token that is no JWT. */
const maxOpaqueLength = 4 * 1024

/** Of the questions that may be open, what one caller may have: a stranger with many texts must not hold up everybody else. */
const shareOfCaller = 1 / 4

/** b64token, RFC 6750 §2.1. */
const tokenText = /^[A-Za-z0-9._~+/-]+=*$/

type Verdict = VerifiedToken | AuthFailureReason

export class TokenIntrospector implements Introspector {
  readonly #parts: IntrospectorParts
  readonly #refused: RefusedTokens
  readonly #open: Map<string, Promise<Verdict>> = new Map()
  /** How many of them each caller has begun. */
  readonly #openOf: Map<string, number> = new Map()
  readonly #most: number

  constructor(parts: IntrospectorParts) {
    this.#parts = parts
    this.#refused = new RefusedTokens(parts.keepInvalid)
    this.#most = Math.ceil(parts.lookups * shareOfCaller)
  }

  ask(text: string, caller: string): Verdict | Promise<Verdict> {
    const { clock, counts, lookups } = this.#parts
    if (text.length > maxOpaqueLength && !text.startsWith('eyJ')) return 'too-long'
    if (!tokenText.test(text)) return 'malformed'
    const refused = this.#refused.find(text, clock.now())
    if (refused !== undefined) {
      counts.knownInvalid++
      return refused
    }
    const open = this.#open.get(text)
    if (open !== undefined) {
      counts.joined++
      return open
    }
    const ofCaller = this.#openOf.get(caller) ?? 0
    if (this.#open.size >= lookups || ofCaller >= this.#most) {
      counts.ended('busy')
      return 'introspection-busy'
    }
    const asked = this.#decide(text).finally(() => this.#end(text, caller))
    this.#open.set(text, asked)
    this.#openOf.set(caller, ofCaller + 1)
    return asked
  }

  #end(text: string, caller: string): void {
    this.#open.delete(text)
    const left = this.#openOf.get(caller)! - 1
    if (left === 0) this.#openOf.delete(caller)
    else this.#openOf.set(caller, left)
  }

  async #decide(text: string): Promise<Verdict> {
    const { questions, judge, clock, dropped } = this.#parts
    const position = dropped?.position ?? 0
    const answer = await questions.ask(text)
    if (answer === null) return 'introspection-failed'
    if (dropped !== null && dropped.position !== position) {
      // Revoked while the question was open: the answer may be from before.
      const digests = dropped.since(position)
      if (digests === null) return 'introspection-failed'
      if (digests.includes(digestOf(text))) return 'inactive'
    }
    const verdict = answer.claims === null ? 'inactive' : judge(text, answer.claims, answer.answeredAt)
    if (typeof verdict === 'string') this.#refused.add(text, verdict, clock.now())
    return verdict
  }
}
