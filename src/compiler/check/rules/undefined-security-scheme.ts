import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'
import { requiredSchemes } from '../security.ts'

export const rule: Rule = ({ project, report }) => {
  for (const { required } of requiredSchemes(project)) {
    if (required.scheme.kind !== 'undefined') continue
    report('undefined-security-scheme', required.at, `the security scheme ${quoted(required.name ?? '')} is declared nowhere`)
  }
}
