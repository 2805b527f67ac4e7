import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** APIs that conditions name. */
export const rule: Rule = ({ project, complete, report }) => {
  // An API that could not be read has been reported.
  if (!complete) return
  const titles = new Set(project.apis.map(({ title }) => title))
  for (const condition of [...project.deny, ...project.customLimits, ...[...project.tierGroups.values()].flat()].flatMap(
    ({ conditions }) => conditions,
  )) {
    if (condition.kind !== 'api') continue
    for (const { value, at } of condition.apis) {
      if (!titles.has(value)) report('invalid-policy', at, `no API has the title ${quoted(value)}`, () => didYouMean(value, titles))
    }
  }
}
