/** Counts answers by operation, status and duration, in one typed array an operation that is made when it is first used. */
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Exposition } from './exposition.ts'

/** Upper bounds of the duration histogram, in milliseconds. */
const bounds: readonly number[] = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

/**
 * Different statuses that are told apart. A backend chooses the status, so that their number must be bounded; those that come later
 * are counted together as `other`, the slot 0.
 */
const maxStatuses = 40

const sumAt = 0
const bucketsAt = 1
const statusesAt: number = bucketsAt + bounds.length + 1
const rowLength: number = statusesAt + maxStatuses

export class RequestTable {
  /** Slot 0 holds what was refused before routing. */
  readonly #rows: (Float64Array | null)[]
  readonly #slotByStatus: Uint8Array = new Uint8Array(600)
  readonly #statuses: string[] = ['other']

  constructor(operations: number) {
    this.#rows = new Array<Float64Array | null>(operations + 1).fill(null)
  }

  /** `operation` is -1 for none. */
  add(operation: number, status: number, milliseconds: number): void {
    const row = this.#rows[operation + 1] ?? this.#open(operation)
    const slot = this.#slotByStatus[status] || this.#slotFor(status)
    let bucket = 0
    while (bucket < bounds.length && milliseconds > bounds[bucket]!) bucket++
    row[sumAt]! += milliseconds
    row[bucketsAt + bucket]!++
    row[statusesAt + slot]!++
  }

  write(out: Exposition, plan: GatewayPlan): void {
    const used: { readonly labels: Labels; readonly row: Float64Array }[] = []
    for (const [index, row] of this.#rows.entries()) {
      if (row !== null) used.push({ labels: labelsOf(plan, index - 1), row })
    }
    out.family('postern_requests_total', 'counter', 'Requests answered, by operation and status.')
    for (const { labels, row } of used) {
      for (const [slot, status] of this.#statuses.entries()) {
        const count = row[statusesAt + slot]!
        if (count > 0) out.sample('postern_requests_total', { ...labels, status }, count)
      }
    }
    out.family('postern_request_duration_seconds', 'histogram', 'From the end of the request head to the end of the answer.')
    for (const { labels, row } of used) writeHistogram(out, labels, row)
  }

  #open(operation: number): Float64Array {
    const row = new Float64Array(rowLength)
    this.#rows[operation + 1] = row
    return row
  }

  #slotFor(status: number): number {
    if (this.#statuses.length === maxStatuses || !(status >= 100 && status < this.#slotByStatus.length)) return 0
    const slot = this.#statuses.push(String(status)) - 1
    this.#slotByStatus[status] = slot
    return slot
  }
}

export type Labels = { readonly api: string; readonly operation: string; readonly method: string }

/** `index` is -1 for none. */
export function labelsOf(plan: GatewayPlan, index: number): Labels {
  const operation = plan.operations[index]
  if (operation === undefined) return { api: '', operation: '', method: '' }
  return { api: plan.apis[operation.api]?.name ?? '', operation: operation.id, method: operation.method }
}

function writeHistogram(out: Exposition, labels: Labels, row: Float64Array): void {
  let count = 0
  for (const [bucket, bound] of [...bounds, Infinity].entries()) {
    count += row[bucketsAt + bucket]!
    const le = bound === Infinity ? '+Inf' : String(bound / 1_000)
    out.sample('postern_request_duration_seconds_bucket', { ...labels, le }, count)
  }
  out.sample('postern_request_duration_seconds_sum', labels, row[sumAt]! / 1_000)
  out.sample('postern_request_duration_seconds_count', labels, count)
}
