/** What a reviewer wants to know first: how much is open, how strong the signatures are, what ends when, and what was waived. */
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { ManifestLimit } from '../../contract/manifest/limit.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { SourceReference } from '../../contract/manifest/source-reference.ts'
import type { ManifestThrottling } from '../../contract/manifest/throttling.ts'
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
  /** Steps of the project's own that decide in the gateway's place, each with how many operations have it. */
  readonly ownSteps: readonly { readonly step: string; readonly operations: number }[]
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
    ownSteps: (manifest.extensions?.modules ?? []).flatMap(({ step }) => {
      const having = operations.filter(({ extensions }) => extensions.some((each) => each === step)).length
      return step === 'generateConsumerToken' || having === 0 ? [] : [{ step, operations: having }]
    }),
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
function isUnlimited({ limits, callerLimits, security, concurrency, keyManager }: ManifestOperation, { throttling }: Manifest): boolean {
  const custom =
    keyManager === null && (throttling?.custom ?? []).some(({ limit, conditions }) => conditions.length === 0 && refuses(limit))
  const always = limits.some((limit) => limit.conditions.length === 0 && refuses(limit))
  const grouped = (['api', 'operation'] as const).some((level) =>
    limitsAll(limits.filter((limit) => limit.level === level && limit.conditions.length > 0)),
  )
  const callers = callerLimits && throttling !== null && limitsEveryCaller(security, throttling)
  return !always && !grouped && !callers && concurrency === null && !custom
}

/** Callers with a credential may have a tier without a limit, or name none; those without one have a tier of their own, or nothing. */
function limitsEveryCaller(security: ManifestOperation['security'], throttling: ManifestThrottling): boolean {
  const { subscription, application, unauthenticated } = throttling
  const known = [subscription, application].some(
    (level) => level !== null && level.otherwise !== null && level.unlimited.length === 0 && limitsAll(level.tiers),
  )
  const anonymous = security.kind === 'public' || security.anonymous
  return (known || security.kind === 'public') && (!anonymous || limitsAll(unauthenticated))
}

function limitsAll(limits: readonly ManifestLimit[]): boolean {
  return limits.length > 0 && limits.every(refuses)
}

/** A tier that only tells what is beyond it limits nothing. */
function refuses({ windows, whenUsedUp }: ManifestLimit): boolean {
  return windows.length > 0 && whenUsedUp === 'refuse'
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
