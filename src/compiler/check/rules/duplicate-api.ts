import { repeatedApis } from '../routes.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const [api, { earlier, same }] of repeatedApis(project)) {
    report('duplicate-api', api.at, `the API has the same ${same} as the one of \`${earlier.definition}\``)
  }
}
