/** Which credentials an operation takes, where they come, and what becomes of those that are revoked, in words. */
import type { ManifestOperation } from '../contract/manifest/operation.ts'
import type { SourceReference } from '../contract/manifest/source-reference.ts'
import type { Manifest } from '../contract/manifest.ts'
import { describeMilliseconds } from './described-rules.ts'

type Security = ManifestOperation['security']
type Kind = Security['alternatives'][number]['credentials'][number]['kind']

export function describeSecurity({ security }: ManifestOperation): string {
  if (security.kind === 'public') return 'public'
  if (security.kind === 'certificate') return 'client certificate'
  if (security.kind === 'credentials') return describeCredentials(security)
  const alternatives = security.alternatives.map(({ credentials, certificate }) => {
    const text = credentials.flatMap(({ scopes }) => scopes).join(' and ') || 'any'
    return certificate ? `${text} with a client certificate` : text
  })
  const certificate = security.certificateSuffices ? ', or a client certificate' : ''
  const anonymous = security.anonymous ? ', or no credential' : ''
  return `token: ${alternatives.join(' or ')}${certificate}${anonymous}`
}

const kindNames: Readonly<Record<Kind, string>> = {
  token: 'token',
  apiKey: 'API key',
  basic: 'user and password',
  certificate: 'client certificate',
}

/** Scopes stand beside the credential that must have them. */
function describeCredentials({ alternatives, anonymous }: Security): string {
  const described = alternatives.map(({ credentials }) =>
    credentials
      .map(({ kind, scopes }) => (scopes.length === 0 ? kindNames[kind] : `${kindNames[kind]} (${scopes.join(' and ')})`))
      .join(' with '),
  )
  return [...described, ...(anonymous ? ['no credential'] : [])].join(', or ')
}

/** Where each is looked for, and where that is written; `null` where nothing but the gateway's own rule says it. */
export function credentialPlaces({
  security,
}: ManifestOperation): readonly { readonly kind: string; readonly place: string; readonly at: SourceReference | null }[] {
  const { header, headerAt, apiKeyPlaces, at } = security
  return [
    ...(header === null ? [] : [{ kind: 'token', place: `in the field ${header}`, at: headerAt }]),
    ...apiKeyPlaces.map(({ in: where, name }) => ({ kind: 'API key', place: `in ${where} ${name}`, at })),
    ...(takes(security, 'basic') ? [{ kind: 'password', place: 'in the field authorization', at: null }] : []),
  ]
}

/** `null` where nobody comes with what can be revoked. Tokens that a module of the project validates are not looked for. */
export function describeRevocation(
  { security, extensions, onStale }: ManifestOperation,
  { revocation }: Pick<Manifest, 'revocation'>,
): string | null {
  const revocable = [
    ...(takes(security, 'token') && !extensions.includes('validateToken') ? ['tokens'] : []),
    ...(takes(security, 'apiKey') ? ['API keys'] : []),
  ].join(' and ')
  if (revocation === null || revocable === '') return null
  const refused = `401 for ${revocable} that are revoked`
  if (onStale === null) return refused
  const then = onStale.action === 'deny' ? '503 for all of them' : 'all others are served'
  return `${refused}; while a feed is stale (${describeMilliseconds(onStale.afterMilliseconds)}), ${then}`
}

/** Of a project whose feeds may deny callers. */
export function describeFedDenial({ onStale }: Pick<ManifestOperation, 'onStale'>): string {
  const who = 'application, user, API or address that a feed denies'
  if (onStale === null) return who
  const then = onStale.action === 'deny' ? 'nobody is served' : 'all others are served'
  return `${who}; while a feed is stale (${describeMilliseconds(onStale.afterMilliseconds)}), ${then}`
}

function takes({ alternatives }: Security, wanted: Kind): boolean {
  return alternatives.some(({ credentials }) => credentials.some(({ kind }) => kind === wanted))
}
