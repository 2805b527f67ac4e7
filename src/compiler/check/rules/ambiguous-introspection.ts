import type { Operation } from '../../model/types/operation.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** A token that says nothing does not say whose it is either: it must not be shown to one key manager after the other. */
export const rule: Rule = ({ project, report }) => {
  const asked = project.issuers.filter(({ introspection }) => introspection !== null)
  if (asked.length < 2) return
  for (const { operations } of project.apis) {
    for (const operation of operations) {
      if (!takesTokens(operation)) continue
      const names = operation.issuers?.value.map(({ value }) => value) ?? null
      const accepted = asked.filter(({ issuer }) => names === null || names.includes(issuer))
      if (accepted.length < 2) continue
      const both = accepted.map(({ issuer }) => quoted(issuer)).join(' and ')
      report(
        'ambiguous-introspection',
        operation.issuers?.at ?? operation.at,
        `tokens could be of ${both}, and each would be asked about all`,
      )
    }
  }
}

function takesTokens({ security }: Operation): boolean {
  return security.kind === 'required' && security.requirements.some(({ schemes }) => schemes.some(({ scheme }) => scheme.kind === 'token'))
}
