import { credentialField } from '../../model/credential-field.ts'
import type { Project } from '../../model/model.ts'
import type { RequiredScheme, Requirement } from '../../model/types/security.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'
import { requiredSchemes } from '../security.ts'

/**
 * Every alternative must be enforceable, not only one of them: leaving one out would narrow silently what the definition promises.
 */
export const rule: Rule = ({ project, report }) => {
  for (const { mutualTls } of project.apis) {
    if (mutualTls === null || project.clientCertificates !== null) continue
    const message = `\`x-wso2-mutual-ssl: ${mutualTls.value}\` asks for a client certificate, but postern.yaml names no authority`
    report('unenforceable-security', mutualTls.at, message, authorities.hint)
  }
  for (const { senderConstrained } of project.issuers) {
    if (senderConstrained?.certificate !== true || project.clientCertificates !== null) continue
    const message = 'tokens are bound to client certificates, but postern.yaml names no authority'
    report('unenforceable-security', senderConstrained.at, message, authorities.hint)
  }
  for (const { required, requirement, security } of requiredSchemes(project)) {
    const reason = unenforceable(required, project) ?? ambiguous(required, requirement, security.header)
    if (reason === null) continue
    const together = requirement.schemes.length > 1 ? ' (it is asked for together with another scheme)' : ''
    const alternative =
      security.requirements.length > 1 ? '; this alternative cannot be dropped in favour of another, as the API promises it' : ''
    report('unenforceable-security', required.at, `${nameOf(required)}${together} ${reason.why}${alternative}`, reason.hint)
  }
}

function nameOf({ name, scheme }: RequiredScheme): string {
  if (name !== null) return `the security scheme ${quoted(name)}`
  if (scheme.kind === 'basic') return 'the password that `x-wso2-application-security` asks for'
  return scheme.kind === 'apiKey' ? 'the API key that `x-wso2-application-security` asks for' : 'the token that the project asks for'
}

/** The type that was perhaps misspelt. */
function meant(type: string): string | undefined {
  const others = ['oauth2', 'openIdConnect', 'apiKey', 'mutualTLS'].filter((each) => each !== type)
  return didYouMean(type, others)
}

const authorities = { hint: 'Add `clientCertificates: { authorities: [keys/clients-ca.pem] }` to postern.yaml.' }

const places = { hint: 'Give a field without another meaning, or a query parameter or cookie of letters, digits, `.`, `_`, `~` and `-`.' }

function isKeyPlace({ in: where, name }: Extract<RequiredScheme['scheme'], { kind: 'apiKey' }>): boolean {
  // Basic and Bearer have that field.
  if (where === 'header') return credentialField(name) !== null && credentialField(name) !== 'authorization'
  return /^[A-Za-z0-9._~-]{1,64}$/.test(name)
}

/** A request has room for one credential of a kind. */
function ambiguous({ scheme }: RequiredScheme, { schemes }: Requirement, header: string): { why: string; hint: string } | null {
  if (scheme.kind === 'basic' && header === 'authorization' && schemes.some((other) => other.scheme.kind === 'token'))
    return {
      why: 'asks for a password beside a token, and `Authorization` holds one of them',
      hint: 'Make them alternatives, or name another field for tokens with `x-wso2-auth-header`.',
    }
  if (scheme.kind === 'apiKey' && schemes.filter((other) => other.scheme.kind === 'apiKey').length > 1)
    return { why: 'asks for an API key beside another one', hint: 'Ask for one API key in each alternative.' }
  return null
}

function unenforceable(
  { scheme, scopes }: RequiredScheme,
  { issuers, clientCertificates, apiKeys, users }: Project,
): { why: string; hint?: string } | null {
  const notYet = { hint: 'This kind of credential is not supported yet: ask for a token (oauth2, openIdConnect, http bearer) instead.' }
  switch (scheme.kind) {
    case 'token':
      return issuers.length > 0 ? null : { why: 'needs a token, but postern.yaml names no issuer' }
    case 'basic':
      return users === null
        ? { why: 'needs a user and a password, but postern.yaml names no users', hint: 'Add `users: users.yaml`.' }
        : null
    case 'apiKey':
      if (!isKeyPlace(scheme))
        return { why: `asks for an API key in ${scheme.in} ${quoted(scheme.name)}, where none can travel`, ...places }
      return apiKeys === null ? { why: 'needs an API key, but postern.yaml names none', hint: 'Add `apiKeys: api-keys.yaml`.' } : null
    case 'mutualTLS':
      if (scopes.length > 0)
        return { why: 'names scopes, and a client certificate has none', hint: 'Name the scopes of a token beside it.' }
      return clientCertificates === null ? { why: 'needs a client certificate, but postern.yaml names no authority', ...authorities } : null
    case 'other':
      return { why: `is of type ${quoted(scheme.type)}, which cannot be enforced`, hint: meant(scheme.type) ?? notYet.hint }
    case 'unreadable':
    case 'undefined':
      return null
  }
}
