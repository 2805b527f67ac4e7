/** All of a request that says who calls: what was made for a caller holds for the next request that shows the same. */
import type { Exchange } from '../exchange.ts'

export type CallerShown = Pick<Exchange, 'address' | 'token' | 'apiKey' | 'user' | 'certificate' | 'holder' | 'subscription'>

/** A copy: the next request of the connection overwrites the exchange. */
export function shownBy({ address, token, apiKey, user, certificate, holder, subscription }: CallerShown): CallerShown {
  return { address, token, apiKey, user, certificate, holder, subscription }
}

export function showsTheSame(one: CallerShown, other: CallerShown): boolean {
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
