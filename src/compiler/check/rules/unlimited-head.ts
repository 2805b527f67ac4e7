import { unlimitedTier } from '../../model/tier-bounds.ts'
import type { Operation } from '../../model/types/operation.ts'
import type { Rule } from '../rule.ts'

/** A backend mostly does the same work for HEAD as for GET: what bounds the one should bound the other. */
export const rule: Rule = ({ project, report }) => {
  for (const { operations, throttle } of project.apis) {
    if (throttle !== null) continue
    for (const head of operations) {
      if (head.method !== 'HEAD' || isLimited(head)) continue
      const get = operations.find(({ method, template }) => method === 'GET' && template === head.template)
      if (get !== undefined && isLimited(get))
        report('unlimited-head', head.at, `GET ${head.template} has the tier \`${get.throttle!.tier.value}\`, and HEAD has none`)
    }
  }
}

function isLimited({ throttle }: Operation): boolean {
  return throttle !== null && throttle.tier.value !== unlimitedTier
}
