/**
 * The capability `deny-feed`: callers that are denied while the gateway runs, as the feeds of revocations say. It stands beside the list of the
 * plan, which never changes.
 */
import type { DenyCapability } from '../capabilities.ts'
import { applicationIds, userNames } from '../conditions/caller-names.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import { networksOf } from '../feeds/networks.ts'
import type { RevocationMarks } from '../revocation/marks.ts'

const blocked: Refusal = { kind: 'caller-blocked', fields: '', reason: 'denied' }
const unknown: Refusal = { kind: 'revocation-unknown', fields: 'Retry-After: 1\r\n', reason: 'revocation-unknown' }

/** All that says who calls: with the same of it, a caller can be denied by the same names. */
type Shown = Pick<Exchange, 'address' | 'token' | 'apiKey' | 'user' | 'certificate' | 'holder' | 'subscription'>

type Known = Shown & { readonly marks: RevocationMarks }

export const denyFeedCapability: DenyCapability = ({ plan, metrics, revocations }) => {
  if (revocations === null) throw new Error('feeds are to deny callers, and the plan has none')
  const readers = { application: applicationIds(plan), user: userNames(plan) }
  const known = new WeakMap<object, Known>()
  const marksOf = (exchange: Exchange): RevocationMarks => {
    const key = exchange.token ?? exchange.apiKey ?? exchange.user ?? exchange.consumer
    const before = known.get(key)
    if (before !== undefined && isTheSame(before, exchange)) return before.marks
    const { address, token, apiKey, user, certificate, holder, subscription } = exchange
    const marks = revocations.denialMarks([
      ...readers.application(exchange).map((name) => ({ kind: 'denied-application', name }) as const),
      ...readers.user(exchange).map((name) => ({ kind: 'denied-user', name }) as const),
      ...networksOf(address).map((name) => ({ kind: 'denied-address', name }) as const),
    ])
    known.set(key, { address, token, apiKey, user, certificate, holder, subscription, marks })
    return marks
  }
  return {
    readFields: [],
    check: (operation) => {
      const index = plan.operations.indexOf(operation)
      const freshness = revocations.freshness(operation.onStale)
      const ofApi = revocations.denialMarks([{ kind: 'denied-api', name: plan.apis[operation.api]!.name }])
      return (exchange) => {
        if (revocations.isDenied(ofApi) || revocations.isDenied(marksOf(exchange))) {
          metrics.throttled(index, 'blocked')
          return blocked
        }
        return freshness.unknown ? unknown : undefined
      }
    },
  }
}

function isTheSame(one: Shown, other: Shown): boolean {
  return (
    one.address === other.address &&
    one.token === other.token &&
    one.apiKey === other.apiKey &&
    one.user === other.user &&
    one.certificate === other.certificate &&
    one.holder === other.holder &&
    one.subscription === other.subscription
  )
}
