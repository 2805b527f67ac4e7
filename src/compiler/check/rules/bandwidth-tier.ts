import { namedTiers, tiersFor } from '../../model/named-tiers.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const { value: name, at, use } of namedTiers(project)) {
    if (tiersFor(use, project).get(name)?.windows[0]?.unit !== 'bytes') continue
    report('not-supported-yet', at, `the tier \`${name}\` limits bandwidth, which is not supported yet`, 'Use a tier that limits requests.')
  }
}
