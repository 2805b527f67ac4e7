/**
 * The policy certificate: what a gateway enforces, for whoever signs it off and for tools that hold the gateway to it. All of it stands
 * in the manifest; here each operation has everything that applies to it. JSON only.
 */
import type { Manifest, ManifestIssuer, ManifestLimit, ManifestOperation } from '../../contract/manifest.ts'
import { sortedByStrength } from './algorithm-strength.ts'
import { type CertificateSummary, summaryOf } from './summary.ts'
import { type Way, waysOf } from './ways.ts'

export type PolicyCertificate = {
  readonly format: 1
  readonly name: string
  readonly version: string
  /** Of the bundle: that of its gateway.mjs. */
  readonly digest: string
  readonly summary: CertificateSummary
  readonly operations: readonly CertifiedOperation[]
  /** What holds for the whole gateway, and the keys, applications and holders that operations name. */
  readonly gateway: GatewayRules
}

export type CertifiedOperation = ManifestOperation & {
  /** Any one of them suffices; see `security` for where they are written. */
  readonly ways: readonly Way[]
  /** Those whose tokens will do, with audiences and keys. */
  readonly issuers: readonly ManifestIssuer[]
  /** With which these tokens may be signed, the weakest first. */
  readonly algorithms: readonly string[]
  /** What is counted here by the caller’s credential, by its want of one, and by keys of its own. */
  readonly callerTiers: CallerTiers | null
  readonly customLimits: NonNullable<Manifest['throttling']>['custom']
  /** Requests that are refused whatever credential comes with them. */
  readonly deny: Manifest['deny']
}

/** The tiers that credentials name; `null` where a level limits nobody. */
export type CallerTiers = {
  readonly subscription: NonNullable<Manifest['throttling']>['subscription']
  readonly application: NonNullable<Manifest['throttling']>['application']
  readonly unauthenticated: ManifestLimit | null
}

/** What of the manifest is no policy: how the gateway was made, and of what. */
type Provenance = 'digest' | 'format' | 'name' | 'version' | 'compiler' | 'node' | 'inputs' | 'capabilities' | 'files' | 'operations'

export type GatewayRules = Omit<Manifest, Provenance>

export function policyCertificate(manifest: Manifest): PolicyCertificate {
  const { digest, format, name, version, operations, compiler, node, inputs, capabilities, files, ...gateway } = manifest
  return {
    format: 1,
    name,
    version,
    digest,
    summary: summaryOf(manifest),
    operations: operations.map((operation) => certifiedOperation(operation, manifest)),
    gateway,
  }
}

/** One operation with all that applies to it. */
export function certifiedOperation(operation: ManifestOperation, manifest: Manifest): CertifiedOperation {
  const ways = waysOf(operation)
  const named = new Set(ways.flatMap(({ token }) => token?.issuers ?? []))
  const issuers = manifest.issuers.filter(({ issuer }) => named.has(issuer))
  return {
    ...operation,
    ways,
    issuers,
    algorithms: sortedByStrength(issuers.flatMap(algorithmsOf)),
    callerTiers: callerTiers(operation, manifest),
    customLimits: operation.keyManager === null ? (manifest.throttling?.custom ?? []) : [],
    deny: manifest.deny,
  }
}

/** Of its tokens, whether their keys are baked or fetched. */
export function algorithmsOf({ keys, fetchedKeys }: ManifestIssuer): readonly string[] {
  return [...keys.flatMap(({ algorithms }) => algorithms), ...(fetchedKeys?.algorithms ?? [])]
}

function callerTiers({ callerLimits, security }: ManifestOperation, { throttling }: Manifest): CallerTiers | null {
  if (!callerLimits || throttling === null) return null
  const { subscription, application, unauthenticated } = throttling
  const known = security.kind !== 'public'
  return {
    subscription: known ? subscription : null,
    application: known ? application : null,
    unauthenticated: !known || security.anonymous ? unauthenticated : null,
  }
}
