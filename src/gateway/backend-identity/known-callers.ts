/** What backends were last told of each caller: as text that is sent as it is, until it must be made anew. */
import type { Exchange } from '../exchange.ts'
import type { Grant } from '../grant.ts'
import { SieveCache } from '../sieve-cache.ts'

export class ToldLines {
  /** Each line ends in CRLF; `null` where no operation has asked for it yet. */
  token: string | null = null
  fields: string | null = null
  /** Milliseconds since the epoch from which the token is made anew. */
  renewAt: number = Number.POSITIVE_INFINITY
}

type OfCaller = {
  /** By API; where several credentials count, an extension has attached something, or only the address says who calls, by these as well. */
  readonly told: Map<number | string, ToldLines>
  /** Of its credential, which lives as long as it is remembered here. */
  readonly bytes: number
}

const bounds = { entries: 10_000, bytes: 32 * 1024 * 1024 }

/** Of one caller. Whoever has more is forgotten and begins again. */
const mostForCaller = 64

/** What a caller and an entry take besides the text, and claims for each character of their JSON, roughly. */
const callerOverhead = 1_000
const entryOverhead = 300
const claimsFactor = 4

export class KnownCallers {
  readonly #callers: SieveCache<object | string, OfCaller> = new SieveCache(bounds)
  readonly #numbers: WeakMap<Grant, number> = new WeakMap()
  #nextNumber: number = 0

  get entries(): number {
    return this.#callers.entries
  }

  /** The exchange has a caller who is not anonymous. */
  find(exchange: Exchange, api: number): ToldLines | undefined {
    return this.#callers.find(leading(exchange))?.told.get(this.#rest(exchange, api))
  }

  /** Also after lines were added to `told`: what it takes is counted again. */
  keep(exchange: Exchange, api: number, told: ToldLines): void {
    const caller = leading(exchange)
    const known = this.#callers.find(caller)
    const ofCaller = known === undefined || known.told.size >= mostForCaller ? newCaller(exchange) : known
    ofCaller.told.set(this.#rest(exchange, api), told)
    this.#callers.set(caller, ofCaller, sizeOf(ofCaller))
  }

  /** Mostly the API's number, for which no text must be made. */
  #rest({ token, user, apiKey, certificate, consumer, subscription, attached, operation }: Exchange, api: number): number | string {
    const count = (token === null ? 0 : 1) + (user === null ? 0 : 1) + (apiKey === null ? 0 : 1) + (certificate === null ? 0 : 1)
    // Operations of one API may differ in whether they ask for a subscription, which says more than the token.
    const number = subscription === null ? api : -1 - api
    // An extension may name another application with each request.
    const named = operation?.plan.extensions.includes('validateSubscription') ? subscription : null
    // A token that does not say whose it is may come from many addresses.
    const address = token !== null && token.consumer === null ? consumer.key : null
    if (count === 1 && attached === null && named === null && address === null) return number
    return JSON.stringify([number, this.#numberOf(user), this.#numberOf(apiKey), certificate?.thumbprint, attached, named, address])
  }

  /** Its own, for as long as it is known. */
  #numberOf(grant: Grant | null): number {
    if (grant === null) return -1
    const known = this.#numbers.get(grant)
    if (known !== undefined) return known
    this.#numbers.set(grant, this.#nextNumber)
    return this.#nextNumber++
  }
}

/** The object that lives as long as the credential is known; of certificates, which come anew with each connection, the thumbprint. */
function leading({ token, user, apiKey, certificate }: Exchange): object | string {
  return token ?? user ?? apiKey ?? certificate!.thumbprint
}

function newCaller({ token }: Exchange): OfCaller {
  const claims = token === null || token.claims === null ? 0 : JSON.stringify(token.claims).length
  return { told: new Map(), bytes: callerOverhead + claimsFactor * claims }
}

function sizeOf(ofCaller: OfCaller): number {
  let { bytes } = ofCaller
  for (const { token, fields } of ofCaller.told.values()) bytes += entryOverhead + (token?.length ?? 0) + (fields?.length ?? 0)
  return bytes
}
