import type { Rule } from '../rule.ts'
import { namedTiers } from '../tiers.ts'

export const rule: Rule = ({ project, report }) => {
  for (const { value: name, at } of namedTiers(project)) {
    if (project.tiers.get(name)?.kind !== 'bandwidth') continue
    report('not-supported-yet', at, `the tier \`${name}\` limits bandwidth, which is not supported yet`, 'Use a tier that limits requests.')
  }
}
