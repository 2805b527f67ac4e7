import type { Project } from '../../model/model.ts'
import { completeOnStale } from '../../model/on-stale.ts'
import { isSoonerThanLists, soonerThanLists } from '../../model/revocation.ts'
import type { WrittenOnStale } from '../../model/types/revocation.ts'
import type { Security } from '../../model/types/security.ts'
import type { Location } from '../../source/location.ts'
import type { Rule } from '../rule.ts'

/** An `onStale` of a definition that is never looked at, and one by which a list would always be out of date. */
export const rule: Rule = ({ project, complete, report }) => {
  for (const [{ value, at }, isUsed] of writtenRules(project)) {
    if (project.revocation !== null && isSoonerThanLists(completeOnStale(value, project.revocation.onStale), project.revocation.feeds)) {
      report('invalid-extension', at, soonerThanLists.problem, soonerThanLists.hint)
    }
    // What could not be read has been reported.
    if (!complete) continue
    if ((project.revocation?.feeds ?? []).length === 0) {
      report('stale-rule-useless', at, 'the project has no feed of revocations that could be out of date')
    } else if (!isUsed && project.revocation?.denies !== true) {
      report('stale-rule-useless', at, 'nobody comes here with a token or an API key, which alone can be revoked')
    }
  }
}

type Written = { readonly value: WrittenOnStale; readonly at: Location }

/** Each once, with whether it holds for an operation to which somebody may come with what can be revoked. */
function writtenRules({ apis }: Project): ReadonlyMap<Written, boolean> {
  const rules = new Map<Written, boolean>()
  for (const { operations } of apis) {
    for (const { onStale, security } of operations) {
      if (onStale !== null) rules.set(onStale, rules.get(onStale) === true || takesRevocable(security))
    }
  }
  return rules
}

function takesRevocable(security: Security): boolean {
  if (security.kind !== 'required') return false
  return security.requirements.some(({ schemes }) => schemes.some(({ scheme }) => scheme.kind === 'token' || scheme.kind === 'apiKey'))
}
