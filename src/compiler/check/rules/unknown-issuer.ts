import type { Placed } from '../../model/types/placed.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  const known = project.issuers.map(({ issuer }) => issuer)
  const seen = new Set<readonly Placed<string>[]>()
  for (const { operations } of project.apis) {
    for (const { issuers } of operations) {
      if (issuers === null || seen.has(issuers.value)) continue
      seen.add(issuers.value)
      for (const { value, at } of issuers.value) {
        if (known.includes(value)) continue
        report('unknown-issuer', at, `postern.yaml has no issuer ${quoted(value)}`, () => didYouMean(value, known))
      }
    }
  }
}
