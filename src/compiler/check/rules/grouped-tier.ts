import { isGrouped, tiersFor } from '../../model/named-tiers.ts'
import type { Rule } from '../rule.ts'

/** Callers without a credential have nothing to say that a group could ask for but what any of them can say. */
export const rule: Rule = ({ project, report }) => {
  const named = project.throttling.unauthenticated
  const tier = named === null ? undefined : tiersFor('subscription', project).get(named.value)
  if (named === null || tier === undefined || !isGrouped(tier, 'subscription', project)) return
  const message = `the tier \`${named.value}\` has groups, which is not supported yet for callers without a credential`
  report('not-supported-yet', named.at, message, 'Use a tier without groups.')
}
