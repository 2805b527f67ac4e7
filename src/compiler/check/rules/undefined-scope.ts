import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'
import { namedSchemes } from '../security.ts'

export const rule: Rule = ({ project, report }) => {
  for (const required of namedSchemes(project)) {
    const declared = required.scheme.kind === 'token' ? required.scheme.declaredScopes : null
    if (declared === null) continue
    for (const scope of required.scopes) {
      if (declared.has(scope.value)) continue
      const message = `the security scheme ${quoted(required.name ?? '')} does not declare the scope ${quoted(scope.value)}`
      report('undefined-scope', scope.at, message, () => didYouMean(scope.value, declared))
    }
  }
}
