import type { Issuer } from '../../model/types/issuer.ts'
import type { Rule } from '../rule.ts'

/** Seconds since the epoch. */
type Gap = { readonly from: number; readonly to: number }

/** Keys that say nothing of their time are always valid, so there is no gap beside one. */
export const rule: Rule = ({ project, now, report }) => {
  for (const issuer of project.issuers) {
    for (const { from, to } of gapsIn(issuer, now.getTime() / 1000)) {
      report('key-gap', issuer.at, `no key of the issuer \`${issuer.issuer}\` is valid from ${moment(from)} to ${moment(to)}`)
    }
  }
}

/** Between the keys that are or will be valid; what comes after the last one is key-expires-soon's. */
function gapsIn({ keys }: Issuer, now: number): readonly Gap[] {
  const periods = keys
    .map(({ notBefore, notAfter }) => ({ from: notBefore ?? Number.NEGATIVE_INFINITY, to: notAfter ?? Number.POSITIVE_INFINITY }))
    .filter(({ to }) => to > now)
    .toSorted((a, b) => a.from - b.from)
  const gaps: Gap[] = []
  let end = periods[0]?.to ?? Number.POSITIVE_INFINITY
  for (const { from, to } of periods) {
    if (from > end) gaps.push({ from: end, to: from })
    end = Math.max(end, to)
  }
  return gaps
}

function moment(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16)
}
