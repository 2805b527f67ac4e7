/** Puts questions to one key manager, and turns everything that can go wrong into one word. */
import { CircuitBreaker } from '../calls/circuit-breaker.ts'
import type { ClientAuthentication } from '../calls/client-authentication.ts'
import type { Service } from '../calls/open-service.ts'
import type { ServiceAnswer } from '../calls/service-client.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { TokenAnswer, TokenQuestions } from '../capabilities/introspection.ts'
import type { Clock } from '../clock.ts'
import { readAnswer } from './introspection-answer.ts'
import type { IntrospectionCounts } from './introspection-counts.ts'

export type QuestionParts = {
  readonly service: Service
  readonly authentication: ClientAuthentication
  /** Milliseconds. */
  readonly timeout: number
  readonly clock: Clock
  readonly counts: IntrospectionCounts
  /** Takes what an operator should know. */
  readonly tell: (problem: string) => void
}

/** Bytes. What is kept of an answer is bounded with it. */
const maxAnswer = 16 * 1024

const breakerBounds = { failures: 5, rest: 5_000 }

export class Questions implements TokenQuestions {
  readonly #parts: QuestionParts
  readonly #breaker: CircuitBreaker

  constructor(parts: QuestionParts) {
    this.#parts = parts
    this.#breaker = new CircuitBreaker(breakerBounds, parts.clock)
  }

  /** Why there is no answer has been counted. */
  async ask(token: string): Promise<TokenAnswer | null> {
    const { counts, clock } = this.#parts
    if (!this.#breaker.allows()) {
      counts.ended('spared')
      return null
    }
    const answer = await this.#post(token)
    if (answer === null) return null
    const read = answer.status === 200 ? readAnswer(answer.body) : null
    if (read !== null && read.kind !== 'unusable') {
      this.#succeeded()
      counts.ended(read.kind)
      return { claims: read.kind === 'active' ? read.claims : null, answeredAt: clock.now() }
    }
    const refused = answer.status === 401 || answer.status === 403
    counts.ended(refused ? 'refused' : read === null ? 'status' : 'protocol')
    if (isAboutTheToken(answer.status)) {
      this.#succeeded()
      return null
    }
    this.#failed(refused ? 'it does not take the credentials of the gateway' : `it answers with status ${answer.status} what is no answer`)
    return null
  }

  async #post(token: string): Promise<ServiceAnswer | null> {
    const { service, authentication, timeout, counts } = this.#parts
    try {
      const { headers, parameters } = authentication()
      return await service.client.call({
        method: 'POST',
        url: service.url,
        headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token, token_type_hint: 'access_token', ...parameters }).toString(),
        timeout,
        maxAnswer,
      })
    } catch (error) {
      const reason = error instanceof ServiceError ? error.reason : 'protocol'
      counts.ended(reason)
      this.#failed(reason)
      return null
    }
  }

  #failed(problem: string): void {
    const wasOpen = this.#breaker.open
    this.#breaker.failed()
    if (wasOpen || !this.#breaker.open) return
    this.#parts.counts.breakersOpen++
    this.#parts.tell(`the key manager is not asked for a while: ${problem}`)
  }

  #succeeded(): void {
    if (this.#breaker.open) this.#parts.counts.breakersOpen--
    this.#breaker.succeeded()
  }
}

/** The key manager is well, and will have nothing to do with this text: a stranger who sends such texts must not have the others spared. */
function isAboutTheToken(status: number): boolean {
  return status >= 400 && status <= 499 && status !== 401 && status !== 403 && status !== 429
}
