import { callerLevelIsOn, namedTiers } from '../../model/named-tiers.ts'
import type { Rule } from '../rule.ts'

/** Where callers' tiers count, credentials may name any. */
export const rule: Rule = ({ project, complete, report }) => {
  if (!complete || callerLevelIsOn('application', project) || callerLevelIsOn('subscription', project)) return
  const named = new Set([...namedTiers(project)].map((tier) => tier.value))
  for (const tier of project.tiers.values()) {
    if (!named.has(tier.name)) report('unused-tier', tier.at, `no API and no operation uses the tier \`${tier.name}\``)
  }
}
