import { describeRoute, type Route, repeatedApis, routesOf, routeText } from '../routes.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  const repeated = repeatedApis(project)
  const seen = new Map<string, Route>()
  for (const route of routesOf(project)) {
    const text = routeText(route)
    const earlier = seen.get(text)
    if (earlier === undefined) seen.set(text, route)
    // duplicate-api says it once for all operations of an API that is there twice.
    else if (repeated.get(route.api)?.earlier !== earlier.api) {
      report('duplicate-route', route.operation.at, `${describeRoute(route)} matches the same requests as ${describeRoute(earlier)}`)
    }
  }
}
