/** Whether a good token may do this: any alternative suffices whose issuers include the token's and whose scopes it holds. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { SecurityAlternative } from '../../contract/plan/security.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { certificateRefusals } from '../certificate-refusals.ts'
import type { Refusal, Step } from '../exchange.ts'
import type { Metrics } from '../observability/metrics.ts'
import { holdsAll, scopeBits, scopeTable } from '../scope-bits.ts'
import { type AuthRefusals, scopeRefusal } from './auth-refusals.ts'

/** What an operation requires of the tokens of one issuer. */
type Requirement = {
  /** One for each alternative; none at all where no alternative names the issuer. */
  readonly anyOf: readonly { readonly scopes: Uint32Array; readonly certificate: boolean }[]
  readonly refusal: Refusal
}

/** `null` where any token that the operation accepts may pass. */
export function authoriseStep(plan: GatewayPlan, operation: OperationPlan, refusals: AuthRefusals, metrics: Metrics): Step | null {
  if (operation.security.kind !== 'token') return null
  const { alternatives, anonymous, certificateSuffices, dpop } = operation.security
  // A certificate that every alternative asks for has been seen by the authentication step.
  const certificateDecides = operation.certificate !== 'required' && alternatives.some(({ certificate }) => certificate)
  if (!certificateDecides && alternatives.every(({ scopes }) => scopes.length === 0)) return null
  const { 'certificate-missing': certificateMissing } = certificateRefusals(plan.name)
  const requirements = plan.issuers.map((_, issuer) => requirementOf(plan, alternatives, issuer, refusals, dpop))
  return ({ token, certificate }) => {
    if (certificateSuffices && certificate !== null) return undefined
    if (token === null) return anonymous ? undefined : refusals.missing
    const { anyOf, refusal } = requirements[token.issuer]!
    // Only where nothing but scopes is missing: whether scopes suffice may be the project's own decision.
    let lacksOnlyScopes = anyOf.length === 0
    let lacksOnlyCertificate = false
    for (const required of anyOf) {
      const hasCertificate = !required.certificate || certificate !== null
      const hasScopes = holdsAll(token.scopeBits, required.scopes)
      if (hasCertificate && hasScopes) return undefined
      lacksOnlyScopes ||= hasCertificate
      lacksOnlyCertificate ||= hasScopes
    }
    const refused = lacksOnlyScopes && !lacksOnlyCertificate ? refusal : certificateMissing
    metrics.authFailure(refused.reason)
    return refused
  }
}

function requirementOf(
  plan: GatewayPlan,
  alternatives: readonly SecurityAlternative[],
  issuer: number,
  refusals: AuthRefusals,
  dpop: boolean,
): Requirement {
  const own = alternatives.filter(({ issuers }) => issuers.includes(issuer))
  const [first] = own
  // The authentication step refuses such a token; this is the second lock on the same door.
  if (first === undefined) return { anyOf: [], refusal: refusals['issuer-not-accepted'] }
  const names = first.scopes.map((scope) => plan.scopes[scope]!)
  const table = scopeTable(plan.scopes)
  return {
    anyOf: own.map(({ scopes, certificate }) => ({ scopes: scopeBits(table, scopes), certificate })),
    refusal: scopeRefusal(plan.name, names, dpop),
  }
}
