import type { Rule } from '../rule.ts'

/** Who relies on a feed has one. */
export const rule: Rule = ({ project, report }) => {
  if (project.revocation !== null && project.revocation.feeds.length > 0) return
  for (const { introspection } of project.issuers) {
    const mode = introspection?.cache.mode ?? null
    if (mode?.value !== 'invalidated') continue
    const hint = 'Name one in `revocation.feeds`, or use `local`, and choose `keep` accordingly.'
    report('invalid-project', mode.at, 'the mode `invalidated` needs a feed of revocations', hint)
  }
}
