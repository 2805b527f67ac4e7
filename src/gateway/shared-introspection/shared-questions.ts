/** Asks the other gateways before the key manager, and leaves them what the key manager says. */
import type { TokenAnswer, TokenQuestions } from '../capabilities/introspection.ts'
import type { Clock } from '../clock.ts'
import type { RevokedHere } from './revoked-here.ts'
import type { SharedAnswers } from './shared-answers.ts'

export type SharedQuestionsParts = {
  readonly answers: Pick<SharedAnswers, 'find' | 'keep'>
  readonly keyManager: TokenQuestions
  /** `null`: nothing is revoked through this gateway. */
  readonly revoked: RevokedHere | null
  readonly clock: Clock
}

export class SharedQuestions implements TokenQuestions {
  readonly #parts: SharedQuestionsParts

  constructor(parts: SharedQuestionsParts) {
    this.#parts = parts
  }

  async ask(token: string): Promise<TokenAnswer | null> {
    const { answers, keyManager } = this.#parts
    const known = await answers.find(token)
    if (known !== null && this.#believes(token, known)) return known
    const answer = await keyManager.ask(token)
    // Nobody waits for that.
    if (answer !== null && this.#believes(token, answer)) void answers.keep(token, answer)
    return answer
  }

  /** That a token is not good is always believed. */
  #believes(token: string, { claims, answeredAt }: TokenAnswer): boolean {
    const { revoked, clock } = this.#parts
    return claims === null || revoked === null || revoked.believes(token, answeredAt, clock.now())
  }
}
