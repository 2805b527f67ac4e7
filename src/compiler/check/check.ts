/** Judges a whole project: the table of rules, and the waivers. */
import type { Diagnostics } from '../diagnostics.ts'
import type { Project } from '../model/model.ts'
import type { Rule, RuleContext } from './rule.ts'
import { rule as ambiguousIntrospection } from './rules/ambiguous-introspection.ts'
import { rule as apiKeys } from './rules/api-keys.ts'
import { rule as cleartextBackend } from './rules/cleartext-backend.ts'
import { rule as corsOmitsCredential } from './rules/cors-omits-credential.ts'
import { rule as duplicateApi } from './rules/duplicate-api.ts'
import { rule as duplicateRoute } from './rules/duplicate-route.ts'
import { rule as feedCannotReplay } from './rules/feed-cannot-replay.ts'
import { rule as fetchedKeys } from './rules/fetched-keys.ts'
import { rule as forwardedCredential } from './rules/forwarded-credential.ts'
import { rule as introspectionCache } from './rules/introspection-cache.ts'
import { rule as invalidBackend } from './rules/invalid-backend.ts'
import { rule as keyExpiry } from './rules/key-expiry.ts'
import { rule as keyGap } from './rules/key-gap.ts'
import { rule as kubernetes } from './rules/kubernetes.ts'
import { rule as kubernetesObjects } from './rules/kubernetes-objects.ts'
import { rule as namedApis } from './rules/named-apis.ts'
import { rule as noBackend } from './rules/no-backend.ts'
import { rule as noBackendToken } from './rules/no-backend-token.ts'
import { rule as noOperations } from './rules/no-operations.ts'
import { rule as noPublicOrigins } from './rules/no-public-origins.ts'
import { rule as overCapacity } from './rules/over-capacity.ts'
import { rule as overlappingRoutes } from './rules/overlapping-routes.ts'
import { rule as overlappingSecurity } from './rules/overlapping-security.ts'
import { rule as publishing } from './rules/publishing.ts'
import { rule as revocationUseless } from './rules/revocation-useless.ts'
import { rule as staleRuleUseless } from './rules/stale-rule-useless.ts'
import { rule as subscriptions } from './rules/subscriptions.ts'
import { rule as traceTells } from './rules/trace-tells.ts'
import { rule as undefinedScope } from './rules/undefined-scope.ts'
import { rule as undefinedSecurityScheme } from './rules/undefined-security-scheme.ts'
import { rule as unenforceableSecurity } from './rules/unenforceable-security.ts'
import { rule as unknownCertificate } from './rules/unknown-certificate.ts'
import { rule as unknownIssuer } from './rules/unknown-issuer.ts'
import { rule as unknownTier } from './rules/unknown-tier.ts'
import { rule as unlimitedHead } from './rules/unlimited-head.ts'
import { rule as unsecuredOperation } from './rules/unsecured-operation.ts'
import { rule as unusedTier } from './rules/unused-tier.ts'
import { Waiving } from './waiving.ts'

const rules: readonly Rule[] = [
  duplicateApi,
  duplicateRoute,
  overlappingRoutes,
  overlappingSecurity,
  noOperations,
  unsecuredOperation,
  undefinedSecurityScheme,
  undefinedScope,
  unenforceableSecurity,
  unknownIssuer,
  ambiguousIntrospection,
  introspectionCache,
  unknownCertificate,
  noBackendToken,
  forwardedCredential,
  traceTells,
  corsOmitsCredential,
  unknownTier,
  unusedTier,
  namedApis,
  overCapacity,
  unlimitedHead,
  noBackend,
  invalidBackend,
  cleartextBackend,
  fetchedKeys,
  noPublicOrigins,
  keyExpiry,
  apiKeys,
  subscriptions,
  revocationUseless,
  staleRuleUseless,
  feedCannotReplay,
  publishing,
  keyGap,
  kubernetes,
  kubernetesObjects,
]

/** Reports all that is wrong with a project as a whole, and takes away what is waived, also of earlier stages' findings. */
export function check(project: Project, diagnostics: Diagnostics, now: Date): void {
  const waiving = new Waiving(project.waivers, diagnostics, now)
  waiving.apply()
  const complete = !diagnostics.hasErrors
  const context = { project, now, complete, report: reportOnce(diagnostics) }
  for (const rule of rules) rule(context)
  waiving.apply()
  waiving.reportExpired()
  if (complete) waiving.reportUseless()
}

function reportOnce(diagnostics: Diagnostics): RuleContext['report'] {
  const reported = new Set<string>()
  return (code, at, message, hint) => {
    const finding = JSON.stringify([code, at.file, at.line, at.column, message])
    if (reported.has(finding)) return
    reported.add(finding)
    diagnostics.report(code, at, message, hint)
  }
}
