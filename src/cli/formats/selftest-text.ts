/** Results of a self-test for people: a line for each operation, then what failed, what was not tried, and what was replaced. */
import { counted } from '../counted.ts'
import type { Outcome, Tested } from '../selftest/outcome.ts'
import type { SelftestResult } from '../selftest/selftest.ts'
import { table } from '../table.ts'
import { visible } from './text.ts'

/** `emphasis` for headings. */
export function selftestAsText(
  { digest, codeDigest, replaced, scaled, tested }: SelftestResult,
  emphasis: (text: string) => string,
): string {
  const heading = (text: string): string => `${emphasis(text)}\n`
  const failures = tested.flatMap((each) => each.outcomes.filter(isFailed).map((outcome) => ({ name: nameOf(each), outcome })))
  return [
    heading('Tests'),
    table(tested.map((each) => [nameOf(each), ...tallies(each.outcomes)])),
    ...(failures.length === 0 ? [] : ['\n', heading('Failed')]),
    ...failures.map(
      ({ name, outcome: { test, expected, found } }) =>
        `  ${visible(name)}: ${visible(test)}\n    expected  ${visible(expected)}\n    found     ${visible(found)}\n`,
    ),
    '\n',
    heading('Not tried'),
    table(notTried(tested)),
    '\n',
    heading('Replaced in the plan'),
    table(replaced.map(({ what, by, places }) => [what, `by ${by}`, counted(places.length, 'place')])),
    table(scaled.map(({ certified, amount }) => [`a limit of ${certified}`, `stands as ${amount}`])),
    `\n  gateway  ${digest}\n  code     ${codeDigest}, which ran as it is\n`,
  ].join('')
}

export function nameOf({ operation }: Tested): string {
  return operation === null ? 'the whole gateway' : `${operation.method} ${operation.template}`
}

function tallies(outcomes: readonly Outcome[]): readonly string[] {
  const of = (kind: Outcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length
  const failed = of('failed')
  return [`${of('passed')} passed`, failed === 0 ? '' : `${failed} FAILED`, of('not-tried') === 0 ? '' : `${of('not-tried')} not tried`]
}

/** A line for each test and reason, with how many operations it is of. */
function notTried(tested: readonly Tested[]): readonly (readonly string[])[] {
  const reasons = new Map<string, { test: string; why: string; count: number }>()
  for (const { outcomes } of tested) {
    for (const outcome of outcomes) {
      if (outcome.kind !== 'not-tried') continue
      const { test, why } = outcome
      const known = reasons.get(`${test}\n${why}`)
      reasons.set(`${test}\n${why}`, { test, why, count: (known?.count ?? 0) + 1 })
    }
  }
  return [...reasons.values()].map(({ test, why, count }) => [test, why, count === 1 ? '' : `${count} times`])
}

function isFailed(outcome: Outcome): outcome is Extract<Outcome, { kind: 'failed' }> {
  return outcome.kind === 'failed'
}
