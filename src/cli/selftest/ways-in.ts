/** What the certificate says an operation takes, by kinds of credential, and whether what a request shows is enough. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import { waysOf } from '../certificate/ways.ts'

export type CredentialKind = 'token' | 'apiKey' | 'basic' | 'certificate'

/** All of these credentials together (AND), each with the scopes that it must have. */
export type WayIn = {
  readonly needs: ReadonlyMap<CredentialKind, readonly string[]>
  /** Whose tokens will do; empty where none is needed. */
  readonly issuers: readonly string[]
}

/** In the order of the definition; any one suffices (OR). */
export function waysInto(operation: ManifestOperation): readonly WayIn[] {
  return waysOf(operation).map(({ token, apiKey, password, certificate }) => {
    const needs = new Map<CredentialKind, readonly string[]>()
    if (token !== null) needs.set('token', token.scopes)
    if (apiKey !== null) needs.set('apiKey', apiKey.scopes)
    if (password !== null) needs.set('basic', password.scopes)
    if (certificate) needs.set('certificate', [])
    return { needs, issuers: token?.issuers ?? [] }
  })
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
