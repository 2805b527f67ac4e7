import { namedTiers, tiersFor } from '../../model/named-tiers.ts'
import { unlimitedTier } from '../../model/tier-bounds.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const { value: name, at, use } of namedTiers(project)) {
    const known = tiersFor(use, project)
    if (name === unlimitedTier || known.has(name)) continue
    const hint = (): string | undefined => didYouMean(name, [unlimitedTier, ...known.keys()])
    report('unknown-tier', at, `the tier ${quoted(name)} is not defined`, hint)
  }
}
