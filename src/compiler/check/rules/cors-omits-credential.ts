import type { Operation } from '../../model/model.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** A browser asks first for a field that is not on the list, and then does not send the request. */
export const rule: Rule = ({ project, report }) => {
  for (const { operations } of project.apis) {
    for (const operation of operations) {
      const header = tokenField(operation)
      if (operation.cors === null || header === null) continue
      const { headers, methods } = operation.cors.value
      const covered = headers.includes(header) || (headers.includes('*') && header !== 'authorization')
      if (covered || (methods !== 'any' && !methods.includes(operation.method))) continue
      report('cors-omits-credential', operation.cors.at, `pages cannot send their token: ${quoted(header)} is not among the headers`)
    }
  }
}

function tokenField({ security }: Operation): string | null {
  if (security.kind !== 'required') return null
  const takesToken = security.requirements.some(({ schemes }) => schemes.some(({ scheme }) => scheme.kind === 'token'))
  return takesToken ? security.header : null
}
