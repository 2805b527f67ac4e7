import { unlimitedTier } from '../../model/tier-bounds.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'
import { namedTiers } from '../tiers.ts'

export const rule: Rule = ({ project, report }) => {
  for (const { value: name, at } of namedTiers(project)) {
    if (name === unlimitedTier || project.tiers.has(name)) continue
    const hint = (): string | undefined => didYouMean(name, [unlimitedTier, ...project.tiers.keys()])
    report('unknown-tier', at, `the tier ${quoted(name)} is not defined`, hint)
  }
}
