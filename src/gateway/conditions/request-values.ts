/** What a request's fields and query say, taken apart once, however many conditions ask: a caller chooses how long they are. */
import type { Exchange } from '../exchange.ts'
import { queryParameters } from './query-parameters.ts'

const none: ReadonlySet<string> = new Set()

export class RequestValues {
  readonly #exchange: Exchange
  readonly #fields: Map<number, ReadonlySet<string>> = new Map()
  #query: ReadonlyMap<string, ReadonlySet<string>> | null = null

  private constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  static of(exchange: Exchange): RequestValues {
    exchange.values ??= new RequestValues(exchange)
    return exchange.values
  }

  /** Of the field that is watched at this slot. */
  field(slot: number): ReadonlySet<string> {
    const known = this.#fields.get(slot)
    if (known !== undefined) return known
    const values = fieldValues(this.#exchange.head.values(slot))
    this.#fields.set(slot, values)
    return values
  }

  /** Of a parameter of the query, decoded. */
  query(name: string): ReadonlySet<string> {
    this.#query ??= queryParameters(this.#exchange.query)
    return this.#query.get(name) ?? none
  }
}

/** The whole of it, and what stands between commas: lines of one name may be joined on the way (RFC 9110 §5.3). */
function fieldValues(text: string | undefined): ReadonlySet<string> {
  if (text === undefined) return none
  return new Set(text.includes(',') ? [text, ...text.split(',').map((part) => part.trim())] : [text])
}
