/** What a reviewer wants to know first: how much is open, how strong the signatures are, what ends when, and what was waived. */
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { SourceReference } from '../../contract/manifest/source-reference.ts'
import type { ManifestWaiver } from '../../contract/manifest/waiver.ts'
import type { Manifest } from '../../contract/manifest.ts'
import { sortedByStrength } from './algorithm-strength.ts'
import { admitsAnybody, waysOf } from './ways.ts'

export type CertificateSummary = {
  readonly apis: number
  readonly operations: number
  /** How many ask for what; those that anybody may call, though a credential is looked at, count as what they ask for. */
  readonly protectedBy: Readonly<Record<ManifestOperation['security']['kind'], number>>
  /** What anybody may call, and why. */
  readonly open: readonly NamedOperation[]
  /** What nothing limits, or not every request. */
  readonly unlimited: readonly NamedOperation[]
  /** With which accepted tokens and API keys may be signed, the weakest first. */
  readonly algorithms: readonly string[]
  /** The one that ends first, first. */
  readonly keys: readonly NamedKey[]
  /** Issuers whose keys are not in the gateway: they are fetched while it runs, or the key manager is asked. */
  readonly keysElsewhere: readonly string[]
  readonly waivers: readonly ManifestWaiver[]
  /** How many entries are known from the start, and how many feeds tell of more; `null`: credentials hold until they expire. */
  readonly revocation: { readonly snapshot: number; readonly feeds: number } | null
}

export type NamedOperation = { readonly id: string; readonly method: string; readonly template: string; readonly at: SourceReference }

export type NamedKey = {
  readonly issuer: string
  /** What it signs. */
  readonly signs: 'tokens' | 'API keys'
  readonly kid: string | null
  readonly type: string
  readonly expires: string | null
}

export function summaryOf(manifest: Manifest): CertificateSummary {
  const { apis, operations, issuers, apiKeyIssuers, waivers, revocation } = manifest
  const kinds = Object.groupBy(operations, ({ security }) => security.kind)
  const count = (kind: ManifestOperation['security']['kind']): number => kinds[kind]?.length ?? 0
  const fetched = issuers.flatMap(({ fetchedKeys }) => fetchedKeys?.algorithms ?? [])
  const baked = [...issuers, ...apiKeyIssuers].flatMap(({ keys }) => keys.flatMap(({ algorithms }) => algorithms))
  return {
    apis: apis.length,
    operations: operations.length,
    protectedBy: {
      public: count('public'),
      certificate: count('certificate'),
      token: count('token'),
      credentials: count('credentials'),
    },
    open: operations
      .filter((operation) => waysOf(operation).some(admitsAnybody))
      .map((operation) => named(operation, operation.security.at)),
    unlimited: operations.filter((operation) => isUnlimited(operation, manifest)).map((operation) => named(operation, operation.at)),
    algorithms: sortedByStrength([...fetched, ...baked]),
    keys: [
      ...issuers.flatMap((issuer) => namedKeys(issuer, 'tokens')),
      ...apiKeyIssuers.flatMap((issuer) => namedKeys(issuer, 'API keys')),
    ].toSorted((a, b) => compare(a.expires ?? endless, b.expires ?? endless)),
    keysElsewhere: issuers.filter(({ keys }) => keys.length === 0).map(({ issuer }) => issuer),
    waivers,
    revocation: revocation === null ? null : { snapshot: revocation.snapshot, feeds: revocation.feeds.length },
  }
}

/** Later than every time in ISO 8601. */
const endless = '~'

function named({ id, method, template }: ManifestOperation, at: SourceReference): NamedOperation {
  return { id, method, template, at }
}

function namedKeys({ issuer, keys }: Pick<ManifestIssuer, 'issuer' | 'keys'>, signs: NamedKey['signs']): readonly NamedKey[] {
  return keys.map(({ kid, type, expires }) => ({ issuer, signs, kid, type, expires }))
}

/** True where some requests are limited by nothing, as far as the gateway knows them: groups of a tier may be without limit. */
function isUnlimited({ limits, callerLimits, concurrency, keyManager }: ManifestOperation, { throttling }: Manifest): boolean {
  const custom = keyManager === null && (throttling?.custom ?? []).some(({ conditions }) => conditions.length === 0)
  const always = limits.some(({ conditions }) => conditions.length === 0)
  const grouped = (['api', 'operation'] as const).some((level) => {
    const groups = limits.filter((limit) => limit.level === level && limit.conditions.length > 0)
    return groups.length > 0 && groups.every(({ windows }) => windows.length > 0)
  })
  return !always && !grouped && !callerLimits && concurrency === null && !custom
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
