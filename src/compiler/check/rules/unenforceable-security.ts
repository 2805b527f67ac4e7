import type { RequiredScheme } from '../../model/model.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'
import { requiredSchemes } from '../security.ts'

/**
 * Every alternative must be enforceable, not only one of them: leaving one out would narrow silently what the definition promises.
 */
export const rule: Rule = ({ project, report }) => {
  for (const { required, requirement, security } of requiredSchemes(project)) {
    const reason = unenforceable(required, project.issuers.length > 0)
    if (reason === null) continue
    const together = requirement.schemes.length > 1 ? ' (it is asked for together with another scheme)' : ''
    const alternative =
      security.requirements.length > 1 ? '; this alternative cannot be dropped in favour of another, as the API promises it' : ''
    report('unenforceable-security', required.at, `${nameOf(required)}${together} ${reason.why}${alternative}`, reason.hint)
  }
}

function nameOf({ name }: RequiredScheme): string {
  return name === null ? 'the token that the project asks for' : `the security scheme ${quoted(name)}`
}

/** The type that was perhaps misspelt. */
function meant(type: string): string | undefined {
  const others = ['oauth2', 'openIdConnect', 'apiKey', 'mutualTLS'].filter((each) => each !== type)
  return didYouMean(type, others)
}

function unenforceable({ scheme }: RequiredScheme, hasIssuers: boolean): { why: string; hint?: string } | null {
  const notYet = { hint: 'This kind of credential is not supported yet: ask for a token (oauth2, openIdConnect, http bearer) instead.' }
  switch (scheme.kind) {
    case 'token':
      return hasIssuers ? null : { why: 'needs a token, but postern.yaml names no issuer' }
    case 'basic':
      return { why: 'needs a user and a password, which cannot be checked', ...notYet }
    case 'apiKey':
      return { why: `needs an API key in ${scheme.in} ${quoted(scheme.name)}, which cannot be checked`, ...notYet }
    case 'mutualTLS':
      return { why: 'needs a client certificate, which cannot be checked', ...notYet }
    case 'other':
      return { why: `is of type ${quoted(scheme.type)}, which cannot be enforced`, hint: meant(scheme.type) ?? notYet.hint }
    case 'unreadable':
    case 'undefined':
      return null
  }
}
