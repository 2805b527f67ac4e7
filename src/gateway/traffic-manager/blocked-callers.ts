/** Whom the blocking conditions of a Traffic Manager bar: they stand beside the deny list of the plan, and come and go. */
import type { GatewayPlan } from '../../contract/plan.ts'
import type { DenyList } from '../capabilities/deny.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { callerBlocked } from '../conditions/caller-blocked.ts'
import { applicationIds, callerClaims, userNames } from '../conditions/caller-names.ts'
import type { Exchange, Step } from '../exchange.ts'
import { isJsonObject } from '../json-object.ts'
import type { Board } from './board.ts'
import { contextOf } from './key-template.ts'

export function blockedCallers({ plan, metrics }: Pick<Surroundings, 'plan' | 'metrics'>, board: Board, tenant: string): DenyList {
  const users = userNames(plan)
  const applications = applicationNames(plan)
  return {
    readFields: [],
    check: (operation): Step => {
      const index = plan.operations.indexOf(operation)
      const api = plan.apis[operation.api]!
      const contexts = [contextOf(api), api.basePath]
      return (exchange) => {
        const { standing } = board
        if (!standing.blocksAnybody) return undefined
        const isBlocked =
          standing.blocks('api', contexts) ||
          (standing.blocksSome('user') && standing.blocks('user', withTenant(users(exchange), tenant))) ||
          (standing.blocksSome('application') && standing.blocks('application', applications(exchange))) ||
          standing.blocksAddress(exchange.address)
        if (!isBlocked) return undefined
        metrics.throttled(index, 'blocked')
        return callerBlocked
      }
    },
  }
}

/** With and without it, as users of the tenant that needs no name are written in either way. */
function withTenant(names: readonly string[], tenant: string): readonly string[] {
  const suffix = `@${tenant}`
  return names.flatMap((name) => [name, name.endsWith(suffix) ? name.slice(0, -suffix.length) : name + suffix])
}

/** `<owner>:<name>`, which WSO2 blocks by, and ids. */
function applicationNames(plan: GatewayPlan): (exchange: Exchange) => readonly string[] {
  const ids = applicationIds(plan)
  const written = new Map(plan.applications.map(({ id, name, owner }) => [id, `${owner ?? ''}:${name}`]))
  return (exchange) => {
    const known = ids(exchange)
    const claimed = callerClaims(exchange).flatMap(({ application }) =>
      isJsonObject(application) ? [`${String(application.owner)}:${String(application.name)}`] : [],
    )
    const subscribed = exchange.subscription?.application
    return [
      ...known,
      ...known.flatMap((id) => written.get(id) ?? []),
      ...claimed,
      ...(subscribed === undefined ? [] : [`${subscribed.owner ?? ''}:${subscribed.name ?? ''}`]),
    ]
  }
}
