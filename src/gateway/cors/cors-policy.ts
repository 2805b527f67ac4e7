/** What one set of CORS rules makes of requests. All text of answers is made at start, once for each origin. */
import type { CorsPlan } from '../../contract/plan/cors.ts'
import type { OperationCors } from '../capabilities/cors.ts'
import type { Exchange, Step } from '../exchange.ts'
import { furtherSlot, watchedResponseFields } from '../http1/response-fields.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { WatchedFields } from '../http1/watched-fields.ts'
import { withOrigin } from './vary.ts'

/** Where a head has the fields that are read here. */
export type CorsSlots = { readonly origin: number; readonly method: number; readonly headers: number }

/** What a backend says about CORS would contradict the gateway. */
const corsAnswerNames = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-private-network',
  'access-control-expose-headers',
  'access-control-max-age',
] as const

const varySlot = furtherSlot(0)
const varyOnOrigin = 'Vary: Origin\r\n'

/** Keyed by whether answers vary on the origin, and whether the gateway adds RateLimit fields. */
const answerFields = {
  fixed: { limited: watchedResponseFields(corsAnswerNames, true), free: watchedResponseFields(corsAnswerNames, false) },
  varying: {
    limited: watchedResponseFields(['vary', ...corsAnswerNames], true),
    free: watchedResponseFields(['vary', ...corsAnswerNames], false),
  },
} as const

/** What an origin may be told: in an answer, and in the answer to a preflight around the method. */
type Texts = { readonly answer: string; readonly preflightStart: string; readonly preflightEnd: string }

export class CorsPolicy implements OperationCors {
  readonly step: Step
  readonly #slots: CorsSlots
  readonly #vary: boolean
  /** Where every origin is allowed. */
  readonly #everybody: Texts | null
  readonly #byOrigin: ReadonlyMap<string, Texts>
  readonly #headers: ReadonlySet<string>
  /** What an answer, and the answer to a preflight, says where nothing is allowed. */
  readonly #refused: string
  readonly #preflightRefused: string

  constructor(plan: CorsPlan, slots: CorsSlots) {
    const { origins } = plan
    this.#slots = slots
    // Where every origin, or none, gets the same answer, it can be cached without regard to the origin.
    this.#vary = origins !== 'any' && origins.length > 0
    this.#refused = this.#vary ? varyOnOrigin : ''
    this.#preflightRefused = `Vary: ${this.#vary ? 'Origin, ' : ''}Access-Control-Request-Method, Access-Control-Request-Headers\r\n`
    this.#everybody = origins === 'any' ? this.#textsFor('*', plan) : null
    this.#byOrigin = new Map(origins === 'any' ? [] : origins.map((origin) => [origin, this.#textsFor(origin, plan)]))
    this.#headers = new Set(plan.headers)
    this.step = (exchange) => {
      exchange.answerFields = this.#textsOf(exchange)?.answer ?? this.#refused
      return undefined
    }
  }

  preflight(exchange: Exchange, method: string): void {
    const texts = this.#textsOf(exchange)
    exchange.answerFields =
      texts === null || !this.#allows(exchange.head.values(this.#slots.headers))
        ? this.#preflightRefused
        : `${texts.preflightStart}${method}${texts.preflightEnd}`
  }

  answerFields(limited: boolean): WatchedFields {
    const { limited: withLimit, free } = answerFields[this.#vary ? 'varying' : 'fixed']
    return limited ? withLimit : free
  }

  answered(exchange: Exchange, answer: ResponseHead): void {
    const own = this.#vary ? answer.values(varySlot) : undefined
    // The fields begin with the gateway's own `Vary`.
    if (own !== undefined) exchange.answerFields = `Vary: ${withOrigin(own)}\r\n${exchange.answerFields.slice(varyOnOrigin.length)}`
  }

  /** Two `Origin` fields are of no origin. */
  #textsOf({ head }: Exchange): Texts | null {
    if (this.#everybody !== null) return this.#everybody
    const origin = head.occurrences(this.#slots.origin) === 1 ? head.value(this.#slots.origin) : undefined
    return origin === undefined ? null : (this.#byOrigin.get(origin) ?? null)
  }

  /** `requested`: names with commas between (Fetch §3.3.2). */
  #allows(requested: string | undefined): boolean {
    if (requested === undefined) return true
    for (const item of requested.split(',')) {
      const name = item.trim().toLowerCase()
      // `*` leaves this one out (Fetch §3.3.5).
      const allowed = this.#headers.has(name) || (this.#headers.has('*') && name !== 'authorization')
      if (name !== '' && !allowed) return false
    }
    return true
  }

  #textsFor(origin: string, { headers, expose, credentials, maxAge }: CorsPlan): Texts {
    const allowed = `Access-Control-Allow-Origin: ${origin}\r\n${credentials ? 'Access-Control-Allow-Credentials: true\r\n' : ''}`
    return {
      answer: `${this.#refused}${allowed}${line('Access-Control-Expose-Headers', expose.join(', '))}`,
      preflightStart: `${this.#preflightRefused}${allowed}Access-Control-Allow-Methods: `,
      preflightEnd: `\r\n${line('Access-Control-Allow-Headers', headers.join(', '))}${line('Access-Control-Max-Age', maxAge === null ? '' : String(maxAge))}`,
    }
  }
}

function line(name: string, value: string): string {
  return value === '' ? '' : `${name}: ${value}\r\n`
}
