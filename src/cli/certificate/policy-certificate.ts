/**
 * The policy certificate: what a gateway enforces, for whoever signs it off and for tools that hold the gateway to it. All of it stands
 * in the manifest; here each operation says whom it lets in, and what is most important stands first. JSON only.
 */
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { Manifest } from '../../contract/manifest.ts'
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
  /** Whose tokens will do; audiences and keys stand in `gateway`. */
  readonly issuers: readonly string[]
  /** With which these tokens may be signed, the weakest first. */
  readonly algorithms: readonly string[]
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

function certifiedOperation(operation: ManifestOperation, { issuers }: Manifest): CertifiedOperation {
  const ways = waysOf(operation)
  const named = new Set(ways.flatMap(({ token }) => token?.issuers ?? []))
  const accepted = issuers.filter(({ issuer }) => named.has(issuer))
  return {
    ...operation,
    ways,
    issuers: accepted.map(({ issuer }) => issuer),
    algorithms: sortedByStrength(accepted.flatMap(algorithmsOf)),
  }
}

/** Of its tokens, whether their keys are baked or fetched. */
function algorithmsOf({ keys, fetchedKeys }: ManifestIssuer): readonly string[] {
  return [...keys.flatMap(({ algorithms }) => algorithms), ...(fetchedKeys?.algorithms ?? [])]
}
