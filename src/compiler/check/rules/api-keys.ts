import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** Keys that have expired, and keys for APIs that are not there. */
export const rule: Rule = ({ project, now, complete, report }) => {
  const titles = new Set(project.apis.map(({ title }) => title))
  for (const { id, apis, expiresAt, at } of project.apiKeys ?? []) {
    if (expiresAt !== null && expiresAt <= now.getTime()) report('api-key-expired', at, `the API key ${quoted(id)} has expired`)
    // An API that could not be read has been reported.
    if (!complete) continue
    for (const { value, at: namedAt } of apis ?? []) {
      if (titles.has(value)) continue
      report('invalid-credentials', namedAt, `no API has the title ${quoted(value)}`, () => didYouMean(value, titles))
    }
  }
}
