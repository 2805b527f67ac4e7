/**
 * The capability `deny-feed`: callers that are denied while the gateway runs, as the feeds of revocations say. It stands beside the list of the
 * plan, which never changes.
 */
import type { DenyCapability } from '../capabilities/deny.ts'
import { callerBlocked } from '../conditions/caller-blocked.ts'
import { applicationIds, userNames } from '../conditions/caller-names.ts'
import { type CallerShown, shownBy, showsTheSame } from '../conditions/caller-shown.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import { networksOf } from '../feeds/networks.ts'
import { unknownAddress } from '../listener/client-address.ts'
import type { RevocationMarks } from '../revocation/marks.ts'

const unknown: Refusal = { kind: 'revocation-unknown', fields: 'Retry-After: 1\r\n', reason: 'revocation-unknown' }

/** What the same caller can be denied by. */
type Known = CallerShown & { readonly marks: RevocationMarks }

export const denyFeedCapability: DenyCapability = ({ plan, metrics, revocations }) => {
  if (revocations === null) throw new Error('feeds are to deny callers, and the plan has none')
  const readers = { application: applicationIds(plan), user: userNames(plan) }
  const known = new WeakMap<object, Known>()
  const marksOf = (exchange: Exchange): RevocationMarks => {
    const key = exchange.token ?? exchange.apiKey ?? exchange.user ?? exchange.consumer
    const before = known.get(key)
    if (before !== undefined && showsTheSame(before, exchange)) return before.marks
    const marks = revocations.denialMarks([
      ...readers.application(exchange).map((name) => ({ kind: 'denied-application', name }) as const),
      ...readers.user(exchange).map((name) => ({ kind: 'denied-user', name }) as const),
      ...networksOf(exchange.address).map((name) => ({ kind: 'denied-address', name }) as const),
    ])
    known.set(key, { ...shownBy(exchange), marks })
    return marks
  }
  return {
    readFields: [],
    check: (operation) => {
      const index = plan.operations.indexOf(operation)
      const freshness = revocations.freshness(operation.onStale)
      const ofApi = revocations.denialMarks([{ kind: 'denied-api', name: plan.apis[operation.api]!.name }])
      return (exchange) => {
        // Whether a feed denies the address cannot be told.
        if (exchange.address === unknownAddress || revocations.isDenied(ofApi) || revocations.isDenied(marksOf(exchange))) {
          metrics.throttled(index, 'blocked')
          return callerBlocked
        }
        return freshness.unknown ? unknown : undefined
      }
    },
  }
}
