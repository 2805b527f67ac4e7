/** What protects an operation, as the manifest tells it: kinds of credential, issuers and scopes by name, and where that is written. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { CredentialAlternative, ScopesPlan } from '../../contract/plan/security.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Decisions } from './make-plan.ts'
import { optionalReference, reference } from './source-reference.ts'

type ManifestAlternative = ManifestOperation['security']['alternatives'][number]
type Kind = ManifestAlternative['credentials'][number]['kind']

export function manifestSecurity(
  { security }: OperationPlan,
  { security: written, issuers }: Operation,
  { plan }: Decisions,
): ManifestOperation['security'] {
  const at = reference(written.at)
  const without = { at, header: null, headerAt: null, issuersAt: null, dpop: false, apiKeyPlaces: [], alternatives: [] }
  if (security.kind === 'public') return { kind: 'public', anonymous: true, certificateSuffices: false, ...without }
  if (security.kind === 'certificate') return { kind: 'certificate', anonymous: false, certificateSuffices: true, ...without }
  const headerAt = optionalReference(written.kind === 'required' ? written.headerAt : null)
  const issuersAt = optionalReference(issuers?.at ?? null)
  const { kind, header, anonymous, dpop } = security
  if (kind === 'token') {
    const { certificateSuffices } = security
    const alternatives = security.alternatives.map(({ certificate, issuers: accepted, scopes }) =>
      manifestAlternative({ token: { issuers: accepted, scopes }, apiKey: null, basic: null, certificate }, plan),
    )
    return { kind, at, header, headerAt, issuersAt, dpop, anonymous, certificateSuffices, apiKeyPlaces: [], alternatives }
  }
  const { apiKeyPlaces } = security
  const hasTokens = security.alternatives.some(({ token }) => token !== null)
  const alternatives = security.alternatives.map((alternative) => manifestAlternative(alternative, plan))
  const ofTokens = hasTokens ? { header, headerAt, issuersAt } : { header: null, headerAt: null, issuersAt: null }
  const certificateSuffices = alternatives.some(isCertificateAlone)
  return { kind, at, ...ofTokens, dpop, anonymous, certificateSuffices, apiKeyPlaces, alternatives }
}

function manifestAlternative({ token, apiKey, basic, certificate }: CredentialAlternative, plan: GatewayPlan): ManifestAlternative {
  const needed = (kind: Kind, needs: ScopesPlan | null): ManifestAlternative['credentials'] =>
    needs === null ? [] : [{ kind, scopes: needs.scopes.map((index) => plan.scopes[index]!) }]
  return {
    credentials: [
      ...needed('token', token),
      ...needed('apiKey', apiKey),
      ...needed('basic', basic),
      ...needed('certificate', certificate ? { scopes: [] } : null),
    ],
    issuers: (token?.issuers ?? []).map((index) => plan.issuers[index]!.issuer),
    certificate,
  }
}

function isCertificateAlone({ credentials }: ManifestAlternative): boolean {
  return credentials.length === 1 && credentials[0]?.kind === 'certificate'
}
