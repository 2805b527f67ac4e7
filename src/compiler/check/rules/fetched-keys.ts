import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** Keys that are fetched are said in words, because the file is then not the whole gateway. */
export const rule: Rule = ({ project, report }) => {
  for (const { issuer, fetchedKeys } of project.issuers) {
    if (fetchedKeys === null) continue
    const message = `the keys of ${quoted(issuer)} are fetched while the gateway runs: not its file alone decides whose tokens it takes, but whoever answers at that address as well`
    report('fetched-keys', fetchedKeys.at, message)
  }
}
