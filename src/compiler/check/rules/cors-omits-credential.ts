import type { Cors, Operation } from '../../model/types/operation.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** A browser asks first for a field that is not on the list, and then does not send the request. */
export const rule: Rule = ({ project, report }) => {
  for (const { operations } of project.apis) {
    for (const operation of operations) {
      if (operation.cors === null) continue
      const { headers, methods } = operation.cors.value
      if (methods !== 'any' && !methods.includes(operation.method)) continue
      for (const [field, what] of credentialFields(operation, operation.cors.value)) {
        if (headers.includes(field) || (headers.includes('*') && field !== 'authorization')) continue
        report('cors-omits-credential', operation.cors.at, `pages cannot send their ${what}: ${quoted(field)} is not among the headers`)
      }
    }
  }
}

/** What travels in which field, by the field's name. */
function credentialFields({ security }: Operation, { credentials }: Cors): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  if (security.kind !== 'required') return fields
  const schemes = security.requirements.flatMap((requirement) => requirement.schemes.map(({ scheme }) => scheme))
  const keys = schemes.filter((scheme) => scheme.kind === 'apiKey')
  // A key that may stand elsewhere as well can be sent there.
  if (keys.every((key) => key.in === 'header')) for (const { name } of keys) fields.set(name.toLowerCase(), 'API key')
  // A password that the browser knows by itself goes with `credentials`, and without being asked for.
  if (!credentials && schemes.some(({ kind }) => kind === 'basic')) fields.set('authorization', 'password')
  if (schemes.some(({ kind }) => kind === 'token')) fields.set(security.header, 'token')
  return fields
}
