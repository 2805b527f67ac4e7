/** Results of a self-test as JUnit XML, which CI services show: a suite for each operation. */
import type { Tested } from '../selftest/outcome.ts'

export function selftestAsJunit(name: string, tested: readonly Tested[]): string {
  const all = tested.flatMap(({ outcomes }) => outcomes)
  const suites = tested.map(({ operation, outcomes }) => {
    const suite = operation === null ? 'the whole gateway' : `${operation.method} ${operation.template}`
    const file = operation === null ? '' : ` file="${escaped(operation.at)}"`
    const cases = outcomes.map((outcome) => {
      const start = `    <testcase classname="${escaped(suite)}" name="${escaped(outcome.test)}"${file}`
      if (outcome.kind === 'passed') return `${start}/>\n`
      const inner =
        outcome.kind === 'failed'
          ? `<failure message="${escaped(`expected ${outcome.expected}; found ${outcome.found}`)}"/>`
          : `<skipped message="${escaped(outcome.why)}"/>`
      return `${start}>${inner}</testcase>\n`
    })
    return `  <testsuite name="${escaped(suite)}" ${counts(outcomes)}>\n${cases.join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escaped(`postern selftest ${name}`)}" ${counts(all)}>\n${suites.join('')}</testsuites>\n`
}

function counts(outcomes: Tested['outcomes']): string {
  const of = (kind: string): number => outcomes.filter((outcome) => outcome.kind === kind).length
  return `tests="${outcomes.length}" failures="${of('failed')}" skipped="${of('not-tried')}"`
}

/** XML 1.0 knows no control characters, escaped or not (§2.2). */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '�')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, ' ')
}
