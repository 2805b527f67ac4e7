/** Opaque tokens in every state, and what the key manager says of them. */
import { expired, type Fault, invalid, type Presented, type State } from './presented.ts'
import type { Secrets } from './secrets.ts'
import { bearer } from './tokens.ts'

/** The key manager's answer; `null` for a token that it does not know. */
type Answer = Readonly<Record<string, unknown>> | null

export class OpaqueTokens {
  readonly answers: Map<string, NonNullable<Answer>> = new Map()
  readonly inEveryState: readonly Presented[]
  /** With which the gateway asks. */
  readonly clientSecret: string

  constructor(secrets: Secrets) {
    const seconds = Math.floor(Date.now() / 1000)
    this.clientSecret = secrets.word()
    const states: readonly (readonly [State, string, Fault | null, Answer])[] = [
      ['malformed', '!', invalid('malformed'), null],
      ['wrong', '', invalid('inactive'), null],
      ['expired', '', expired('expired'), { exp: seconds - 60 }],
      ['not-yet-valid', '', invalid('not-yet-valid'), { nbf: seconds + 3600 }],
      ['wrong-audience', '', invalid('audience'), { aud: 'elsewhere' }],
      // As a key manager answers for what it has revoked (RFC 7662 §2.2).
      ['revoked', '', invalid('inactive'), { active: false }],
      ['right', '', null, {}],
    ]
    this.inEveryState = states.map(([state, end, fault, answer]) => {
      const text = `${secrets.word()}${end}`
      if (answer !== null) this.answers.set(text, answer)
      return { kind: 'token', column: 'opaque token', state, detail: '', fault, fields: bearer(text) }
    })
  }
}
