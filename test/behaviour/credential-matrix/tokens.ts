/** Tokens in every state: whoever has them may use them, or they are bound to a certificate or a key. */
import { type Issued, thumbprintOf } from '../../wire/authority.ts'
import { Issuer } from '../issuer.ts'
import { ProvingClient } from '../proving-client.ts'
import { tokenField } from './combinations.ts'
import { expired, type Fault, type FieldLines, invalid, type Presented, type State } from './presented.ts'
import type { Secrets } from './secrets.ts'

export class Tokens {
  readonly idp: Issuer = new Issuer('https://idp.example.com', 'idp', 'ES256')
  /** What is revoked from the start, as entries of a list. */
  readonly revocations: Readonly<Record<string, string>>[] = []
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  inEveryState(clients: { readonly alice: Issued; readonly bob: Issued }): readonly Presented[] {
    return [...this.#unbound(), ...this.#certificateBound(clients), ...this.#keyBound()]
  }

  #token(claims: Readonly<Record<string, unknown>>, issuer = this.idp): string {
    return this.#secrets.keepSigned(issuer.token({ jti: crypto.randomUUID(), ...claims }))
  }

  #revoked(claims: Readonly<Record<string, unknown>>): string {
    const jti = crypto.randomUUID()
    this.revocations.push({ jti })
    return this.#token({ ...claims, jti })
  }

  /** Each way in which a token can be wrong in itself, with these claims. */
  #ownFaults(claims: Readonly<Record<string, unknown>>): readonly (readonly [State, string, Fault | null])[] {
    const seconds = Math.floor(Date.now() / 1000)
    const forger = new Issuer('https://idp.example.com', 'idp', 'ES256')
    return [
      ['wrong', this.#token(claims, forger), invalid('signature')],
      ['expired', this.#token({ ...claims, exp: seconds - 60 }), expired('expired')],
      ['not-yet-valid', this.#token({ ...claims, nbf: seconds + 3600 }), invalid('not-yet-valid')],
      ['wrong-audience', this.#token({ ...claims, aud: 'elsewhere' }), invalid('audience')],
      ['revoked', this.#revoked(claims), invalid('revoked')],
      ['right', this.#token(claims), null],
    ]
  }

  #unbound(): readonly Presented[] {
    const common = { kind: 'token', column: 'token' } as const
    const malformed = `eyJ${this.#secrets.word()}.${this.#secrets.word()}.${this.#secrets.word()}`
    return [
      { ...common, state: 'malformed', detail: '', fault: invalid('malformed'), fields: bearer(malformed) },
      ...this.#ownFaults({}).map(([state, token, fault]): Presented => ({ ...common, state, detail: '', fault, fields: bearer(token) })),
      {
        ...common,
        state: 'wrong',
        detail: 'of another issuer',
        fault: invalid('unknown-issuer'),
        fields: bearer(this.#token({}, new Issuer('https://other.example.com', 'idp', 'ES256'))),
      },
    ]
  }

  #certificateBound({ alice, bob }: { readonly alice: Issued; readonly bob: Issued }): readonly Presented[] {
    const common = { kind: 'token', column: 'certificate-bound token' } as const
    const boundTo = (client: Issued): Record<string, unknown> => ({ cnf: { 'x5t#S256': thumbprintOf(client.cert) } })
    return [
      ...this.#ownFaults(boundTo(alice)).map(
        ([state, token, fault]): Presented => ({ ...common, state, detail: '', fault, boundTo: 'alice', fields: bearer(token) }),
      ),
      { ...common, state: 'wrong', detail: 'to bob', fault: null, boundTo: 'bob', fields: bearer(this.#token(boundTo(bob))) },
      {
        ...common,
        state: 'malformed',
        detail: '',
        fault: invalid('claims'),
        fields: bearer(this.#token({ cnf: { 'x5t#S256': 'short' } })),
      },
    ]
  }

  #keyBound(): readonly Presented[] {
    const owner = new ProvingClient()
    const thief = new ProvingClient()
    const claims = { cnf: owner.confirmation }
    const seconds = Math.floor(Date.now() / 1000)
    const proven = (token: string, by: ProvingClient, changes: Readonly<Record<string, unknown>>): FieldLines => {
      return ({ path, apart }) => {
        const proof = this.#secrets.keepSigned(by.proof(token, { htu: `https://gateway.example${path}`, ...changes }))
        return [`${apart ? tokenField : 'Authorization'}: DPoP ${token}`, `DPoP: ${proof}`]
      }
    }
    const token = this.#token(claims)
    const common = { kind: 'token', column: 'proof', detail: '', fault: null } as const
    const garbled = this.#secrets.word()
    const withoutProof: FieldLines = ({ apart }) => [`${apart ? tokenField : 'Authorization'}: DPoP ${token}`]
    return [
      ...this.#ownFaults(claims).map(
        ([state, text, fault]): Presented => ({
          kind: 'token',
          column: 'key-bound token',
          state,
          detail: '',
          fault,
          ...(fault === null ? { proof: null } : {}),
          fields: proven(text, owner, {}),
        }),
      ),
      {
        ...common,
        column: 'key-bound token',
        state: 'wrong',
        detail: 'as a bearer token',
        fault: invalid('proof-needed'),
        fields: bearer(token),
      },
      { ...common, state: 'missing', proof: invalid('proof-missing'), fields: withoutProof },
      {
        ...common,
        state: 'malformed',
        proof: invalid('proof-malformed'),
        fields: (cell) => [...withoutProof(cell), `DPoP: ${garbled}`],
      },
      { ...common, state: 'wrong', proof: invalid('proof-key'), fields: proven(token, thief, {}) },
      { ...common, state: 'wrong', detail: 'for another token', proof: invalid('proof-token'), fields: proven(token, owner, { ath: 'x' }) },
      { ...common, state: 'expired', proof: invalid('proof-time'), fields: proven(token, owner, { iat: seconds - 3600 }) },
      { ...common, state: 'not-yet-valid', proof: invalid('proof-time'), fields: proven(token, owner, { iat: seconds + 3600 }) },
      {
        ...common,
        state: 'wrong-audience',
        proof: invalid('proof-request'),
        fields: proven(token, owner, { htu: 'https://other.example/' }),
      },
      { ...common, state: 'right', proof: null, fields: proven(token, owner, {}) },
      { ...common, state: 'wrong', detail: 'used again', proof: invalid('proof-replayed'), again: true, fields: proven(token, owner, {}) },
    ]
  }
}

/** How a token comes that whoever has it may use. */
export function bearer(token: string): FieldLines {
  return ({ apart }) => [`${apart ? tokenField : 'Authorization'}: Bearer ${token}`]
}
