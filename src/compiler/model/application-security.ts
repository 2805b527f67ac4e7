/**
 * `x-wso2-application-security`: `{ security-types: [oauth2, basic_auth, api_key], optional: false }`. Each type is an alternative,
 * whatever other schemes `security` names; scopes and certificates stay asked for. `optional` lets in who has a certificate alone.
 */
import type { Location } from '../source/location.ts'
import { entry } from '../source/node-access.ts'
import type { ObjectNode } from '../source/source-node.ts'
import type { Definition } from './definition.ts'
import type { Placed } from './types/placed.ts'
import type { RequiredScheme, Requirement, SecurityScheme } from './types/security.ts'

type Kind = 'token' | 'basic' | 'apiKey'

export type ApplicationSecurity = {
  readonly at: Location
  /** Empty where `security` says what is asked for. */
  readonly kinds: readonly Kind[]
  readonly optional: boolean
}

const kinds = { oauth2: 'token', basic_auth: 'basic', api_key: 'apiKey' } as const

/** Where no scheme says more; WSO2's keys may stand in either place. */
const schemes: Readonly<Record<Kind, readonly SecurityScheme[]>> = {
  token: [{ kind: 'token', type: 'bearer', declaredScopes: null }],
  basic: [{ kind: 'basic' }],
  apiKey: [
    { kind: 'apiKey', in: 'header', name: 'apikey' },
    { kind: 'apiKey', in: 'query', name: 'apikey' },
  ],
}

/** @param holder the root or an operation. `null` where nothing is said. */
export function readApplicationSecurity(holder: ObjectNode, { root, extensions, diagnostics }: Definition): ApplicationSecurity | null {
  const node = extensions.optional(holder, 'x-wso2-application-security', (value) => extensions.object(value))
  if (node === null) return null
  extensions.checkKeys(node, ['security-types', 'optional'])
  const types = extensions.optional(node, 'security-types', (value) => extensions.array(value))
  const named = (types?.items ?? []).map((type) => extensions.oneOf(type, ['oauth2', 'basic_auth', 'api_key']))
  const optionalNode = entry(node, 'optional')
  const optional = optionalNode !== null && extensions.boolean(optionalNode) === true
  const mutualTls = entry(root, 'x-wso2-mutual-ssl')
  if (optional && (mutualTls?.kind !== 'scalar' || mutualTls.value !== 'mandatory')) {
    const message = 'application security is optional, and no client certificate is mandatory in its place'
    diagnostics.report('conflicting-extensions', optionalNode.at, message, 'Say `x-wso2-mutual-ssl: mandatory`, or leave `optional` out.')
  }
  if (named.length === 0 && !optional) return null
  // A type that cannot be read asks for a token: nobody is let in for it.
  return { at: node.at, kinds: [...new Set(named.map((name) => kinds[name ?? 'oauth2']))], optional }
}

/** What is left of the written requirements. */
export function withApplicationSecurity(
  written: readonly Requirement[],
  { at, kinds: asked, optional }: ApplicationSecurity,
): Requirement[] {
  const required = asked.length === 0 ? [...written] : asked.flatMap((kind) => requirementsOf(kind, written, at))
  return optional ? [{ at, schemes: [] }, ...required] : required
}

/** A scheme of a given kind, for the project or an extension that asks for it. */
export function requirementsFor(kind: Kind, at: Location, scopes: readonly Placed<string>[] = []): readonly Requirement[] {
  return schemes[kind].map((scheme) => ({ at, schemes: [{ at, name: null, scheme, scopes }] }))
}

/**
 * The written alternatives that ask for this kind, without what else they ask for; where none does, each of them with this kind in place of
 * the others, and with their scopes. A certificate stays asked for. An alternative of other kinds beside one of this kind is dropped: this kind
 * in its place would let in whom that one refuses.
 */
function requirementsOf(kind: Kind, written: readonly Requirement[], at: Location): readonly Requirement[] {
  const own = written.flatMap((each): readonly Requirement[] => {
    const kept = each.schemes.filter(({ scheme }) => scheme.kind === kind || scheme.kind === 'mutualTLS')
    if (kept.length === 0) return []
    if (kept.some(({ scheme }) => scheme.kind === kind)) return [{ at: each.at, schemes: kept }]
    return beside(kept, kind, scopesOf(each.schemes), at)
  })
  if (own.length > 0) return own
  const replaced = written.flatMap(({ schemes: all }) => {
    const certificates = all.filter(({ scheme }) => scheme.kind === 'mutualTLS')
    return all.length === 0 ? [] : beside(certificates, kind, scopesOf(all), at)
  })
  return replaced.length > 0 ? replaced : requirementsFor(kind, at)
}

function beside(
  certificates: readonly RequiredScheme[],
  kind: Kind,
  scopes: readonly Placed<string>[],
  at: Location,
): readonly Requirement[] {
  return requirementsFor(kind, at, scopes).map((each) => ({ at: each.at, schemes: [...certificates, ...each.schemes] }))
}

function scopesOf(all: readonly RequiredScheme[]): readonly Placed<string>[] {
  return all.flatMap(({ scheme, scopes }) => (scheme.kind === 'mutualTLS' ? [] : scopes))
}
