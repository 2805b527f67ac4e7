/** What backends were last told of each caller: as text that is sent as it is, until it must be made anew. */
import type { Exchange } from '../exchange.ts'
import { SieveCache } from '../sieve-cache.ts'

export class ToldLines {
  /** Each line ends in CRLF; `null` where no operation has asked for it yet. */
  token: string | null = null
  fields: string | null = null
  /** Milliseconds since the epoch from which the token is made anew. */
  renewAt: number = Number.POSITIVE_INFINITY
}

/** By API; where several credentials count, or an extension has attached something, by these as well. */
type OfCaller = Map<number | string, ToldLines>

const bounds = { entries: 10_000, bytes: 32 * 1024 * 1024 }

/** Of one caller. Whoever has more is forgotten and begins again. */
const mostForCaller = 64

/** What a caller and an entry take besides the text, roughly. */
const callerOverhead = 1_000
const entryOverhead = 300

export class KnownCallers {
  readonly #callers: SieveCache<object | string, OfCaller> = new SieveCache(bounds)

  get entries(): number {
    return this.#callers.entries
  }

  /** The exchange has a caller who is not anonymous. */
  find(exchange: Exchange, api: number): ToldLines | undefined {
    return this.#callers.find(leading(exchange))?.get(rest(exchange, api))
  }

  /** Also after lines were added to `told`: what it takes is counted again. */
  keep(exchange: Exchange, api: number, told: ToldLines): void {
    const caller = leading(exchange)
    const known = this.#callers.find(caller)
    const ofCaller: OfCaller = known === undefined || known.size >= mostForCaller ? new Map() : known
    ofCaller.set(rest(exchange, api), told)
    this.#callers.set(caller, ofCaller, sizeOf(ofCaller))
  }
}

/** The object that lives as long as the credential is known; of certificates, which come anew with each connection, the thumbprint. */
function leading({ token, user, apiKey, certificate }: Exchange): object | string {
  return token ?? user ?? apiKey ?? certificate!.thumbprint
}

/** Mostly the API's number, for which no text must be made. */
function rest({ token, user, apiKey, certificate, attached }: Exchange, api: number): number | string {
  const count = (token === null ? 0 : 1) + (user === null ? 0 : 1) + (apiKey === null ? 0 : 1) + (certificate === null ? 0 : 1)
  if (count === 1 && attached === null) return api
  return JSON.stringify([api, user?.consumer.key, apiKey?.claims.client_id, certificate?.thumbprint, attached])
}

function sizeOf(ofCaller: OfCaller): number {
  let bytes = callerOverhead
  for (const { token, fields } of ofCaller.values()) bytes += entryOverhead + (token?.length ?? 0) + (fields?.length ?? 0)
  return bytes
}
