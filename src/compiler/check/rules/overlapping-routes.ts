import { findCrossings } from '../crossings.ts'
import { SecurityTexts, treatment } from '../policies.ts'
import { describeRoute, routesOf } from '../routes.ts'
import type { Rule } from '../rule.ts'

/** Those whose security differs are the business of overlapping-security. */
export const rule: Rule = ({ project, report }) => {
  const securities = new SecurityTexts()
  const { found } = findCrossings(routesOf(project), (a, b) => securities.of(a) === securities.of(b) && treatment(a) !== treatment(b))
  for (const [route, earlier] of found) {
    const routes = `${describeRoute(route)} and ${describeRoute(earlier)}`
    report('overlapping-routes', route.operation.at, `some requests fit both ${routes}, which have different policies`)
  }
}
