import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const api of project.apis) {
    const without = api.operations.filter(
      // One that was given and refused has been reported.
      ({ production, sandbox, backendRefused }) => production === null && sandbox === null && !backendRefused,
    )
    if (without.length > 0 && without.length === api.operations.length) {
      report('no-backend', api.at, 'the API has no backend')
      continue
    }
    for (const { method, template, at } of without) report('no-backend', at, `${quoted(`${method} ${template}`)} has no backend`)
  }
}
