import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'
import { namedSchemes } from '../security.ts'

export const rule: Rule = ({ project, report }) => {
  for (const required of namedSchemes(project)) {
    if (required.scheme.kind !== 'undefined') continue
    report('undefined-security-scheme', required.at, `the security scheme ${quoted(required.name ?? '')} is declared nowhere`)
  }
}
