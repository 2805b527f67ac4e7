/** Every credential that the matrix presents, in every state, and what is wrong with it: the one table. */
import { hash, randomBytes, scryptSync } from 'node:crypto'
import { Authority, type Issued, thumbprintOf } from '../../wire/authority.ts'
import { Issuer } from '../issuer.ts'
import { ProvingClient } from '../proving-client.ts'
import { type Kind, keyKinds, tokenField } from './combinations.ts'

export const states = ['missing', 'malformed', 'wrong', 'expired', 'not-yet-valid', 'wrong-audience', 'revoked', 'right'] as const
export type State = (typeof states)[number]

export const columns = [
  'token',
  'certificate-bound token',
  'key-bound token',
  'proof',
  'key in header',
  'key in query',
  'key in cookie',
  'password',
  'certificate',
] as const
export type Column = (typeof columns)[number]

/** How the gateway names who judges: kinds of `postern_credentials_total`. */
export type Judge = 'certificate' | 'token' | 'proof' | 'api-key' | 'basic'

/** What is wrong with a credential, whatever is beside it. */
export type Fault = { readonly reason: string; readonly status: 401 | 403; readonly code: number }

export type ClientName = 'nobody' | 'alice' | 'bob' | 'stranger' | 'expired' | 'early' | 'server'

/** Where a request goes and what it is: proofs are made for it. */
export type Cell = { readonly path: string; readonly apart: boolean }

export type FieldLines = (cell: Cell) => readonly string[]

export type Presented = {
  readonly kind: Kind
  readonly column: Column
  readonly state: State
  /** Tells it from others in the same state. */
  readonly detail: string
  /** `null` where nothing is wrong with it in itself. */
  readonly fault: Fault | null
  /** Of the proof that comes with it; absent where none does. */
  readonly proof?: Fault | null
  /** Whose certificate it must come with. */
  readonly boundTo?: ClientName
  /** The first request with it is right; the same request again is what is judged. */
  readonly again?: boolean
  /** Over whose connection, where it is a certificate. */
  readonly client?: ClientName
  readonly fields?: FieldLines
  readonly query?: () => string
}

const notYet = 'revoked tokens are not supported yet (docs/project.md)'

/** What cannot be, and why. Everything else is in the table. */
export const senseless: Readonly<Record<Column, Partial<Record<State, string>>>> = {
  token: { revoked: notYet },
  'certificate-bound token': { missing: 'a token that is not there is bound to nothing: column token', revoked: notYet },
  'key-bound token': {
    missing: 'a token that is not there is bound to nothing: column token',
    malformed: 'what cannot be read says nothing of its binding: column token',
    revoked: notYet,
  },
  proof: { revoked: 'a proof is made for one request: it is the token that is revoked' },
  ...perKeyColumn({
    'not-yet-valid': 'keys have no beginning',
    revoked: 'keys are baked: one that is taken out of the file is wrong',
  }),
  password: {
    expired: 'passwords have no end',
    'not-yet-valid': 'passwords have no beginning',
    'wrong-audience': 'users may use every API',
    revoked: 'users are baked: one that is taken out of the file is wrong',
  },
  certificate: {
    malformed: 'TLS ends a handshake with one; those that a proxy hands on are in test/unit/gateway/client-certificate/',
    revoked: 'neither revocation lists nor OCSP are asked (docs/tls.md)',
  },
}

function perKeyColumn(reasons: Partial<Record<State, string>>): Record<'key in header' | 'key in query' | 'key in cookie', typeof reasons> {
  return { 'key in header': reasons, 'key in query': reasons, 'key in cookie': reasons }
}

const invalid = (reason: string): Fault => ({ reason, status: 401, code: 900901 })
const expired = (reason: string): Fault => ({ reason, status: 401, code: 900903 })

/** Passwords are slow to check, and a user may be guessed at a few times only. */
const guessedUsers = Array.from({ length: 100 }, (_, index) => `user-${index}`)

export class Credentials {
  readonly idp: Issuer = new Issuer('https://idp.example.com', 'idp', 'ES256')
  readonly authority: Authority = new Authority('Clients')
  readonly clients: Readonly<Record<Exclude<ClientName, 'nobody'>, Issued>>
  /** Texts that only the gateway may see. */
  readonly secrets: Set<string> = new Set()
  readonly all: readonly Presented[]
  readonly apiKeys: string
  readonly users: string
  #guesses: number = 0

  constructor() {
    const day = 86_400_000
    const now = Date.now()
    const { authority } = this
    this.clients = {
      alice: authority.issue('alice', { purpose: 'client' }),
      bob: authority.issue('bob', { purpose: 'client' }),
      stranger: authority.impostor.issue('alice', { purpose: 'client' }),
      expired: authority.issue('alice', { notBefore: new Date(now - 9 * day), notAfter: new Date(now - day) }),
      early: authority.issue('alice', { notBefore: new Date(now + day), notAfter: new Date(now + 9 * day) }),
      server: authority.issue('alice', { purpose: 'server' }),
    }
    const keys = { right: this.#secret(), old: this.#secret(), elsewhere: this.#secret() }
    const password = this.#secret()
    const digest = (key: string): string => `sha256:${hash('sha256', key)}`
    this.apiKeys = `keys:
  - { id: right, digest: "${digest(keys.right)}" }
  - { id: old, digest: "${digest(keys.old)}", expires: 2020-01-31 }
  - { id: elsewhere, digest: "${digest(keys.elsewhere)}", apis: [Other] }
`
    const stored = scrypt(password)
    this.users = `users:\n${['alice', ...guessedUsers].map((name) => `  - { name: ${name}, password: "${stored}" }\n`).join('')}`
    this.all = [
      ...this.#tokens(),
      ...this.#certificateBound(),
      ...this.#keyBound(),
      ...keyKinds.flatMap((kind) => this.#keys(kind, keys)),
      ...this.#passwords(password),
      ...certificates,
    ]
  }

  /** Of one kind, with nothing at all among them. */
  of(kind: Kind): readonly (Presented | null)[] {
    return [null, ...this.all.filter((each) => each.kind === kind)]
  }

  #secret(): string {
    const text = randomBytes(24).toString('base64url')
    this.secrets.add(text)
    return text
  }

  /** A token whose text and signature are secrets. */
  #token(claims: Readonly<Record<string, unknown>>, issuer = this.idp): string {
    const token = issuer.token({ jti: crypto.randomUUID(), ...claims })
    this.#keep(token)
    return token
  }

  #keep(token: string): void {
    const [, payload, signature] = token.split('.')
    for (const part of [token, payload!, signature!]) this.secrets.add(part)
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
      ['right', this.#token(claims), null],
    ]
  }

  #tokens(): readonly Presented[] {
    const common = { kind: 'token', column: 'token' } as const
    const malformed = `eyJ${this.#secret()}.${this.#secret()}.${this.#secret()}`
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

  #certificateBound(): readonly Presented[] {
    const common = { kind: 'token', column: 'certificate-bound token' } as const
    const boundTo = (client: Issued): Record<string, unknown> => ({ cnf: { 'x5t#S256': thumbprintOf(client.cert) } })
    const { alice, bob } = this.clients
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
        const proof = by.proof(token, { htu: `https://gateway.example${path}`, ...changes })
        this.#keep(proof)
        return [`${apart ? tokenField : 'Authorization'}: DPoP ${token}`, `DPoP: ${proof}`]
      }
    }
    const token = this.#token(claims)
    const common = { kind: 'token', column: 'proof', detail: '', fault: null } as const
    const garbled = this.#secret()
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

  #keys(
    kind: (typeof keyKinds)[number],
    { right, old, elsewhere }: { readonly right: string; readonly old: string; readonly elsewhere: string },
  ): readonly Presented[] {
    const malformed = `${this.#secret()}ä`
    const wrong = this.#secret()
    const placed = (key: string): Pick<Presented, 'fields' | 'query'> => {
      if (kind === 'header') return { fields: () => [`X-API-Key: ${key}`] }
      if (kind === 'cookie') return { fields: () => [`Cookie: a=1; key=${key}; b=2`] }
      return { query: () => `api_key=${encodeURIComponent(key)}` }
    }
    const common = { kind, column: `key in ${kind}`, detail: '' } as const
    return [
      { ...common, state: 'malformed', fault: invalid('api-key-malformed'), ...placed(malformed) },
      { ...common, state: 'wrong', fault: invalid('api-key-unknown'), ...placed(wrong) },
      { ...common, state: 'expired', fault: expired('api-key-expired'), ...placed(old) },
      { ...common, state: 'wrong-audience', fault: { reason: 'api-key-api', status: 403, code: 900908 }, ...placed(elsewhere) },
      { ...common, state: 'right', fault: null, ...placed(right) },
    ]
  }

  #passwords(password: string): readonly Presented[] {
    const common = { kind: 'basic', column: 'password', detail: '' } as const
    const guess = this.#secret()
    const malformed = this.#secret()
    const pair = (name: string, word: string): readonly string[] => {
      const encoded = Buffer.from(`${name}:${word}`).toString('base64')
      this.secrets.add(encoded)
      return [`Authorization: Basic ${encoded}`]
    }
    return [
      { ...common, state: 'malformed', fault: invalid('basic-malformed'), fields: () => [`Authorization: Basic ${malformed}=`] },
      {
        ...common,
        state: 'wrong',
        fault: invalid('basic-wrong'),
        fields: () => pair(guessedUsers[this.#guesses++ % guessedUsers.length]!, guess),
      },
      { ...common, state: 'right', fault: null, fields: () => pair('alice', password) },
    ]
  }
}

const certificates: readonly Presented[] = (
  [
    ['wrong', '', 'stranger', invalid('certificate-untrusted')],
    ['expired', '', 'expired', invalid('certificate-expired')],
    ['not-yet-valid', '', 'early', invalid('certificate-not-yet-valid')],
    ['wrong-audience', 'for servers', 'server', invalid('certificate-purpose')],
    ['right', '', 'alice', null],
    ['right', 'of another client', 'bob', null],
  ] as const
).map(([state, detail, client, fault]) => ({ kind: 'certificate', column: 'certificate', state, detail, client, fault }))

function bearer(token: string): FieldLines {
  return ({ apart }) => [`${apart ? tokenField : 'Authorization'}: Bearer ${token}`]
}

function scrypt(password: string): string {
  const salt = Buffer.alloc(16, 7)
  return `scrypt$16384$8$1$${salt.toString('base64url')}$${scryptSync(password, salt, 32).toString('base64url')}`
}
