import { isGrouped, namedTiers, tiersFor } from '../../model/named-tiers.ts'
import type { Rule } from '../rule.ts'

/** Groups are for tiers of APIs and operations. */
export const rule: Rule = ({ project, report }) => {
  for (const { value: name, at, use } of namedTiers(project)) {
    const tier = use === 'resource' ? undefined : tiersFor(use, project).get(name)
    if (tier === undefined || !isGrouped(tier, use, project)) continue
    report(
      'not-supported-yet',
      at,
      `the tier \`${name}\` has groups, which is not supported yet for a caller’s`,
      'Use a tier without groups.',
    )
  }
}
