import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, complete, report }) => {
  for (const api of project.apis) {
    if (api.operations.length === 0 && complete) report('no-operations', api.at, 'the API has no operations')
  }
}
