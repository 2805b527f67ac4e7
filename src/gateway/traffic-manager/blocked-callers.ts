/** Whom the blocking conditions of a Traffic Manager bar: they stand beside the deny list of the plan, and come and go. */
import type { GatewayPlan } from '../../contract/plan.ts'
import type { DenyList } from '../capabilities/deny.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { callerBlocked } from '../conditions/caller-blocked.ts'
import { applicationIds, callerClaims, userNames } from '../conditions/caller-names.ts'
import { type CallerShown, shownBy, showsTheSame } from '../conditions/caller-shown.ts'
import type { Exchange, Step } from '../exchange.ts'
import { isJsonObject, wordOf } from '../json-object.ts'
import type { Board } from './board.ts'
import { contextOf } from './key-template.ts'
import type { Standing } from './standing.ts'

export function blockedCallers({ plan, metrics }: Pick<Surroundings, 'plan' | 'metrics'>, board: Board, tenant: string): DenyList {
  const isNamed = namedCallers(plan, tenant)
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
          ((standing.blocksSome('user') || standing.blocksSome('application')) && isNamed(exchange, standing)) ||
          standing.blocksAddress(exchange.address)
        if (!isBlocked) return undefined
        metrics.throttled(index, 'blocked')
        return callerBlocked
      }
    },
  }
}

/** Whether a user or an application that is blocked calls. What it was last time holds while the caller shows the same and the same stands. */
function namedCallers(plan: GatewayPlan, tenant: string): (exchange: Exchange, standing: Standing) => boolean {
  const users = userNames(plan)
  const applications = applicationNames(plan)
  const judged: WeakMap<object, Judged> = new WeakMap()
  return (exchange, standing) => {
    const before = judged.get(exchange.consumer)
    if (before !== undefined && before.version === standing.version && showsTheSame(before, exchange)) return before.isBlocked
    const isBlocked =
      (standing.blocksSome('user') && standing.blocks('user', withTenant(users(exchange), tenant))) ||
      (standing.blocksSome('application') && standing.blocks('application', applications(exchange)))
    judged.set(exchange.consumer, { ...shownBy(exchange), version: standing.version, isBlocked })
    return isBlocked
  }
}

/** `version`: of what stood then. */
type Judged = CallerShown & { readonly version: number; readonly isBlocked: boolean }

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
      isJsonObject(application) ? [`${wordOf(application.owner)}:${wordOf(application.name)}`] : [],
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
