/** Whether the plan has what is certified. */
import { canonicalJson, type Json } from '../../compiler/plan/canonical.ts'
import type { Outcome } from './outcome.ts'

export function same(name: string, certified: Json, planned: Json): Outcome {
  // The order of members says nothing.
  const [expected, found] = [canonicalJson(certified), canonicalJson(planned)]
  const test = `as certified: ${name}`
  return expected === found ? { kind: 'passed', test } : { kind: 'failed', test, expected: shortened(expected), found: shortened(found) }
}

/** Of what would fill a screen, enough to see what it is about. */
function shortened(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`
}
