import type { Rule } from '../rule.ts'
import { namedTiers } from '../tiers.ts'

export const rule: Rule = ({ project, complete, report }) => {
  if (!complete) return
  const named = new Set([...namedTiers(project)].map((tier) => tier.value))
  for (const tier of project.tiers.values()) {
    if (!named.has(tier.name)) report('unused-tier', tier.at, `no API and no operation uses the tier \`${tier.name}\``)
  }
}
