import { findCrossings } from '../crossings.ts'
import { describeRoute, type Route, routesOf } from '../routes.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const [route, earlier] of findCrossings(routesOf(project), (a, b) => policyOf(a) !== policyOf(b))) {
    const routes = `${describeRoute(route)} and ${describeRoute(earlier)}`
    report('overlapping-routes', route.operation.at, `some requests fit both ${routes}, which have different policies`)
  }
}

/** All that holds for the requests of a route, as text that can be compared; the places where it is written do not matter. */
function policyOf({ api, operation }: Route): string {
  const { security, throttle, production, sandbox, maxBody, answerTimeout, exchangeTimeout } = operation
  const alternatives = security.kind === 'required' ? security.requirements : []
  return JSON.stringify([
    [security.kind, security.kind === 'required' ? security.header : null],
    alternatives.map(({ schemes }) => schemes.map(({ name, scopes }) => [name, ...scopes.map((scope) => scope.value)])),
    [api.throttle, throttle].map((level) => (level === null ? null : [level.tier.value, level.by])),
    [production, sandbox].map((backend) => backend?.value ?? null),
    [maxBody, answerTimeout, exchangeTimeout].map((bound) => bound.value),
  ])
}
