import { findCrossings } from '../crossings.ts'
import { SecurityTexts } from '../policies.ts'
import { describeRoute, routesOf } from '../routes.ts'
import type { Rule } from '../rule.ts'

/** A caller could choose the weaker of two protections by the way a request is written. */
export const rule: Rule = ({ project, report }) => {
  const securities = new SecurityTexts()
  const routes = [...routesOf(project)]
  if (new Set(routes.map((route) => securities.of(route))).size < 2) return
  const { found, givenUpAt } = findCrossings(routes, (a, b) => securities.of(a) !== securities.of(b))
  for (const [route, earlier] of found) {
    const both = `${describeRoute(route)} and ${describeRoute(earlier)}`
    report('overlapping-security', route.operation.at, `some requests fit both ${both}, which ask different things of callers`)
  }
  if (givenUpAt === null) return
  const message = `from ${describeRoute(givenUpAt)} on, too many routes nearly overlap to compare them all`
  report('overlapping-security', givenUpAt.operation.at, message)
}
