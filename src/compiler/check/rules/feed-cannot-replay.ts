import { replays } from '../../../contract/revocation-entries.ts'
import type { Rule } from '../rule.ts'

/** Topics lose what is sent while nobody listens: there must be somebody who can say it again. */
export const rule: Rule = ({ project, complete, report }) => {
  // The other one may be what could not be read.
  if (!complete) return
  const feeds = project.revocation?.feeds ?? []
  if (feeds.some(({ value }) => replays[value.kind])) return
  for (const { value, at } of feeds) {
    report('feed-cannot-replay', at, `a feed of type \`${value.kind}\` loses what is revoked while it is away, and no other feed has it`)
  }
}
