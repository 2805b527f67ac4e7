/** What a credential of the matrix is: its kind and state, how it stands in a request, and what is wrong with it. */
import type { Kind } from './combinations.ts'

export const states = ['missing', 'malformed', 'wrong', 'expired', 'not-yet-valid', 'wrong-audience', 'revoked', 'right'] as const
export type State = (typeof states)[number]

export const columns = [
  'token',
  'opaque token',
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

/** What cannot be, and why. Everything else is in the table. */
export const senseless: Readonly<Record<Column, Partial<Record<State, string>>>> = {
  token: {},
  'opaque token': { missing: 'a token that is not there has no form: column token' },
  'certificate-bound token': { missing: 'a token that is not there is bound to nothing: column token' },
  'key-bound token': {
    missing: 'a token that is not there is bound to nothing: column token',
    malformed: 'what cannot be read says nothing of its binding: column token',
  },
  proof: { revoked: 'a proof is made for one request: it is the token that is revoked' },
  ...perKeyColumn({ 'not-yet-valid': 'keys have no beginning' }),
  password: {
    expired: 'passwords have no end',
    'not-yet-valid': 'passwords have no beginning',
    'wrong-audience': 'users may use every API',
    revoked: 'a user is taken out of the file (docs/revocation.md)',
  },
  certificate: {
    malformed: 'TLS ends a handshake with one; those that a proxy hands on are in test/unit/gateway/client-certificate/',
    revoked: 'neither revocation lists nor OCSP are asked (docs/tls.md)',
  },
}

function perKeyColumn(reasons: Partial<Record<State, string>>): Record<'key in header' | 'key in query' | 'key in cookie', typeof reasons> {
  return { 'key in header': reasons, 'key in query': reasons, 'key in cookie': reasons }
}

export function invalid(reason: string): Fault {
  return { reason, status: 401, code: 900901 }
}

export function expired(reason: string): Fault {
  return { reason, status: 401, code: 900903 }
}
