/** Every credential that the matrix presents, in every state. */
import { Authority, type Issued } from '../../wire/authority.ts'
import { ApiKeys } from './api-keys.ts'
import type { Kind } from './combinations.ts'
import { OpaqueTokens } from './opaque-tokens.ts'
import { Passwords } from './passwords.ts'
import { type ClientName, invalid, type Presented } from './presented.ts'
import { Secrets } from './secrets.ts'
import { Tokens } from './tokens.ts'

/** Who shows which, over a connection of their own. */
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

export class Credentials {
  readonly secrets: Secrets = new Secrets()
  readonly authority: Authority = new Authority('Clients')
  readonly clients: Readonly<Record<Exclude<ClientName, 'nobody'>, Issued>> = clientsOf(this.authority)
  readonly tokens: Tokens = new Tokens(this.secrets)
  readonly opaque: OpaqueTokens = new OpaqueTokens(this.secrets)
  readonly apiKeys: ApiKeys = new ApiKeys(this.secrets)
  readonly passwords: Passwords = new Passwords(this.secrets)
  readonly all: readonly Presented[] = [
    ...this.tokens.inEveryState(this.clients),
    ...this.opaque.inEveryState,
    ...this.apiKeys.inEveryState,
    ...this.passwords.inEveryState,
    ...certificates,
  ]

  /** Of one kind, with nothing at all among them. */
  of(kind: Kind): readonly (Presented | null)[] {
    return [null, ...this.all.filter((each) => each.kind === kind)]
  }
}

function clientsOf(authority: Authority): Credentials['clients'] {
  const day = 86_400_000
  const now = Date.now()
  return {
    alice: authority.issue('alice', { purpose: 'client' }),
    bob: authority.issue('bob', { purpose: 'client' }),
    stranger: authority.impostor.issue('alice', { purpose: 'client' }),
    expired: authority.issue('alice', { notBefore: new Date(now - 9 * day), notAfter: new Date(now - day) }),
    early: authority.issue('alice', { notBefore: new Date(now + day), notAfter: new Date(now + 9 * day) }),
    server: authority.issue('alice', { purpose: 'server' }),
  }
}
