/** What the certificate says an operation takes: each combination of credentials that suffices. */
import type { ManifestOperation } from '../../contract/manifest.ts'

export type CredentialKind = 'token' | 'apiKey' | 'basic' | 'certificate'

/** All of these credentials together (AND), each with the scopes that it must have. */
export type WayIn = {
  readonly needs: ReadonlyMap<CredentialKind, readonly string[]>
  /** Whose tokens will do; empty where none is needed. */
  readonly issuers: readonly string[]
}

/** In the order of the definition; any one suffices (OR). */
export function waysInto({ security, clientCertificate }: ManifestOperation): readonly WayIn[] {
  const always: readonly [CredentialKind, readonly string[]][] = clientCertificate.asked === 'required' ? [['certificate', []]] : []
  const way = (needs: readonly (readonly [CredentialKind, readonly string[]])[], issuers: readonly string[]): WayIn => ({
    needs: new Map([...needs, ...always]),
    issuers,
  })
  const ways = security.alternatives.map(({ credentials, issuers }) =>
    way(
      credentials.map(({ kind, scopes }) => [kind, scopes] as const),
      issuers,
    ),
  )
  const alone = security.certificateSuffices && !security.alternatives.some(({ credentials }) => isCertificateAlone(credentials))
  return [...ways, ...(alone ? [way([['certificate', []]], [])] : []), ...(security.anonymous ? [way([], [])] : [])]
}

/** What a request shows: credentials that are good, with the scopes that each has. */
export type Shown = { readonly has: ReadonlyMap<CredentialKind, ReadonlySet<string>>; readonly issuer: string | null }

/** Whether that is enough for some way in; a way without credentials is for those alone who show none. */
export function isEnough({ has, issuer }: Shown, ways: readonly WayIn[]): boolean {
  const shown = [...has.keys()].filter((kind) => kind !== 'certificate')
  return ways.some(({ needs, issuers }) => {
    if (needs.size === 0) return shown.length === 0
    return [...needs].every(
      ([kind, scopes]) =>
        has.has(kind) && scopes.every((scope) => has.get(kind)?.has(scope)) && (kind !== 'token' || issuers.includes(issuer ?? '')),
    )
  })
}

/** Whether every kind of some way is there, so that what is missing are scopes. */
export function hasEveryKind({ has, issuer }: Shown, ways: readonly WayIn[]): boolean {
  return ways.some(
    ({ needs, issuers }) =>
      needs.size > 0 && [...needs.keys()].every((kind) => has.has(kind) && (kind !== 'token' || issuers.includes(issuer ?? ''))),
  )
}

export function nameOf({ needs }: WayIn): string {
  if (needs.size === 0) return 'nothing'
  const words: Readonly<Record<CredentialKind, string>> = {
    token: 'token',
    apiKey: 'API key',
    basic: 'password',
    certificate: 'client certificate',
  }
  return [...needs].map(([kind, scopes]) => (scopes.length === 0 ? words[kind] : `${words[kind]} with ${scopes.join(' ')}`)).join(' and ')
}

function isCertificateAlone(credentials: readonly { readonly kind: CredentialKind }[]): boolean {
  return credentials.length === 1 && credentials[0]?.kind === 'certificate'
}
