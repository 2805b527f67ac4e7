/** The access log: one line a request, without query, field values and credentials. */
import type { Refusal } from '../exchange.ts'
import type { GrpcStatus } from './grpc-table.ts'
import { jsonContent } from './json-text.ts'

/** What is known of a request when its answer has ended. */
export type AccessRecord = {
  readonly requestId: string
  /** Version of HTTP that the client speaks. */
  readonly protocol: '1.0' | '1.1' | '2.0'
  readonly method: string
  /** Canonical path without query; empty where the target was not understood. */
  readonly path: string
  /** OperationPlan.id; empty where no operation matched. */
  readonly operation: string
  readonly status: number
  /** What a gRPC call ended with for its client; `null` where the request was none. */
  readonly grpcStatus: GrpcStatus | null
  /** What was answered instead of forwarding, or instead of the backend's answer. */
  readonly refusal: Refusal | null
  /** From the end of the request head to the end of the answer. */
  readonly milliseconds: number
  /** Body bytes from the client. */
  readonly bytesIn: number
  /** Body bytes to the client. */
  readonly bytesOut: number
  readonly address: string
  /** Consumer.key. */
  readonly consumer: string
  /** As of which epoch the credential was looked for among what is revoked; -1 where none was. */
  readonly revocationEpoch: number
  /** The tier beyond which it passed; empty for none. */
  readonly overQuota: string
  /** Index of the upstream in the plan; -1 where the request was not forwarded. */
  readonly upstream: number
  /** How often the request was sent to a backend. */
  readonly tries: number
  /** The client went away, or the answer was cut short. */
  readonly aborted: boolean
  /** Why the tunnel ended that the request had opened; empty where there was none. */
  readonly tunnelEnd: string
}

/** `start` is the line's beginning, up to `"level":"`. Long pieces in few steps: each `+` costs. */
export function accessLine(start: string, record: AccessRecord): string {
  const { refusal } = record
  return (
    `${start}info","event":"access","requestId":"${jsonContent(record.requestId)}","protocol":"${record.protocol}","method":"${jsonContent(record.method)}"` +
    `,"path":"${jsonContent(record.path)}","operation":"${jsonContent(record.operation)}","status":${record.status}` +
    `,"milliseconds":${decimal(record.milliseconds)},"bytesIn":${record.bytesIn},"bytesOut":${record.bytesOut}` +
    `,"address":"${jsonContent(record.address)}","consumer":"${jsonContent(record.consumer)}` +
    (record.upstream < 0 ? '"' : `","upstream":${record.upstream},"tries":${record.tries}`) +
    (record.revocationEpoch < 0 ? '' : `,"revocationEpoch":${record.revocationEpoch}`) +
    (record.overQuota === '' ? '' : `,"overQuota":"${jsonContent(record.overQuota)}"`) +
    (record.grpcStatus === null ? '' : `,"grpcStatus":"${record.grpcStatus}"`) +
    (refusal === null ? '' : `,"refusal":"${refusal.kind}","reason":"${jsonContent(refusal.reason)}"`) +
    (record.tunnelEnd === '' ? '' : `,"reason":"${record.tunnelEnd}"`) +
    (record.aborted ? ',"aborted":true}\n' : '}\n')
  )
}

/** To the microsecond; putting two integers together is cheaper than printing a double. */
function decimal(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1_000)
  const fraction = microseconds % 1_000
  return `${Math.floor(microseconds / 1_000)}${fraction < 10 ? '.00' : fraction < 100 ? '.0' : '.'}${fraction}`
}
