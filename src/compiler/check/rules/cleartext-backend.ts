import { backendsOf, cleartextHost } from '../backend-urls.ts'
import { isPrivateHost } from '../private-hosts.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const { value, at } of new Set(backendsOf(project))) {
    const host = cleartextHost(value.url, project.settings)
    if (host === null || isPrivateHost(host)) continue
    report('cleartext-backend', at, `requests go to \`${host}\` over plain http, with all that is in them`)
  }
}
