/** What is kept of an exchange that has ended: figures, and a line in the access log. */
import type { Tunnel } from '../capabilities/upgrade.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import type { Forward } from '../forward.ts'
import type { AccessRecord } from '../observability/access-line.ts'
import type { ListenerParts } from './client-session.ts'

/** What went to the client. */
type Answered = { readonly status: number; readonly bytes: number }

/** Once for each exchange. `bytesIn`: content of the request; `address`: the client's. */
export function recordExchange(
  parts: ListenerParts,
  exchange: Exchange,
  forward: Forward,
  answered: Answered,
  bytesIn: number,
  address: string,
  refusal: Refusal | null,
  aborted: boolean,
): void {
  exchange.end()
  const milliseconds = countExchange(parts, exchange, answered.status)
  if (parts.log.writesAccess)
    parts.log.access(accessRecord(exchange, forward, answered, milliseconds, bytesIn, address, refusal, aborted, ''))
}

/** The exchange is answered. Returns how many milliseconds that took. */
export function countExchange({ metrics, clock }: ListenerParts, { operation, startedAt }: Exchange, status: number): number {
  const milliseconds = clock.monotonic() - startedAt
  metrics.inFlight--
  metrics.requestDone(operation === null ? -1 : operation.index, status, milliseconds)
  return milliseconds
}

/** A tunnel has ended, whose exchange was counted when it was opened. */
export function logTunnel({ log, clock }: ListenerParts, exchange: Exchange, forward: Forward, tunnel: Tunnel, address: string): void {
  exchange.end()
  if (!log.writesAccess) return
  const { bytesIn, bytesOut, end } = tunnel
  const milliseconds = clock.monotonic() - exchange.startedAt
  log.access(accessRecord(exchange, forward, { status: 101, bytes: bytesOut }, milliseconds, bytesIn, address, null, false, end))
}

function accessRecord(
  { operation, requestId, head, path, protocol, consumer, target, grpcStatus, revocationEpoch, overQuota }: Exchange,
  forward: Forward,
  answered: Answered,
  milliseconds: number,
  bytesIn: number,
  address: string,
  refusal: Refusal | null,
  aborted: boolean,
  tunnelEnd: string,
): AccessRecord {
  return {
    requestId,
    protocol,
    method: head.method,
    path,
    operation: operation === null ? '' : operation.plan.id,
    status: answered.status,
    grpcStatus,
    refusal,
    milliseconds,
    bytesIn,
    bytesOut: answered.bytes,
    address,
    consumer: consumer.key,
    revocationEpoch,
    overQuota,
    upstream: forward.tries === 0 ? -1 : target!.upstream.index,
    tries: forward.tries,
    aborted,
    tunnelEnd,
  }
}
