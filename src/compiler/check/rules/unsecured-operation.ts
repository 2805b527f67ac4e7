import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const api of project.apis) {
    for (const operation of api.operations) {
      if (operation.security.kind !== 'unsaid') continue
      report(
        'unsecured-operation',
        operation.security.at,
        `nothing says what ${quoted(`${operation.method} ${operation.template}`)} asks of its callers`,
      )
    }
  }
}
