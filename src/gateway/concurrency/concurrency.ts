/** The capability `concurrency`: how many requests may be in flight at the same time, of an API, to a backend, of a consumer. */
import type { ConcurrencyCapability } from '../capabilities/concurrency.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import { shareOf } from '../serving-thread.ts'
import { OperationPlaces, PlaceKeys } from './operation-places.ts'
import { PlaceTable } from './place-table.ts'
import { gone, WaitingRequests } from './waiting-requests.ts'

/** Requests that wait, in all threads together. */
const mostWaiting = 1_024

const soon = 'Retry-After: 1\r\n'
const refusals = {
  busy: { kind: 'busy', fields: soon, reason: 'in-flight' },
  'consumer-busy': { kind: 'consumer-busy', fields: soon, reason: 'in-flight' },
} as const satisfies Readonly<Record<string, Refusal>>

export const concurrencyCapability: ConcurrencyCapability = ({ clock, metrics, shared, thread }) => {
  const table = new PlaceTable(
    shared('concurrency', () => PlaceTable.make(thread.count)),
    thread,
  )
  table.freeAll()
  const keys = new PlaceKeys(table.seed)
  const refuse = ({ operation }: Exchange, kind: keyof typeof refusals): Refusal => {
    if (operation !== null) metrics.throttled(operation.index, 'in-flight')
    return refusals[kind]
  }
  const waiting = new WaitingRequests(clock, Math.max(1, shareOf(mostWaiting, thread)), refuse)
  return {
    limit: ({ api, concurrency }) => {
      if (concurrency === null) return null
      const places = new OperationPlaces(concurrency, api, table, keys, () => waiting.serve())
      const { wait } = concurrency
      return (exchange) => {
        if (exchange.ended) return gone
        const taken = places.take(exchange)
        if (typeof taken === 'object') {
          exchange.places = taken
          return undefined
        }
        return wait > 0 && waiting.hasRoomFor(exchange) ? waiting.add(exchange, places, wait) : refuse(exchange, taken)
      }
    },
  }
}
