/** Counts gRPC calls by operation and by the status that their clients got: HTTP's is 200 whatever became of them. */
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Exposition } from './exposition.ts'
import { labelsOf } from './request-table.ts'

/** gRPC's own codes, in their order; what a backend gave that is none of them; no status, as where the call was cut or given up. */
const words = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15', '16', 'other', 'none'] as const

export type GrpcStatus = (typeof words)[number]

/** Of a field's value. */
export function grpcStatusWord(value: string): GrpcStatus {
  return words.find((word) => word === value && word !== 'none') ?? 'other'
}

export class GrpcTable {
  /** By operation; -1 for none. */
  readonly #rows: Map<number, Float64Array> = new Map()

  add(operation: number, status: GrpcStatus): void {
    let row = this.#rows.get(operation)
    if (row === undefined) {
      row = new Float64Array(words.length)
      this.#rows.set(operation, row)
    }
    row[words.indexOf(status)]!++
  }

  write(out: Exposition, plan: GatewayPlan): void {
    out.family('postern_grpc_requests_total', 'counter', 'gRPC calls that have ended, by operation and the status that the client got.')
    for (const [index, row] of this.#rows) {
      const { api, operation } = labelsOf(plan, index)
      for (const [slot, status] of words.entries()) {
        const count = row[slot]!
        if (count > 0) out.sample('postern_grpc_requests_total', { api, operation, grpc_status: status }, count)
      }
    }
  }
}
