/** What the main thread and a worker thread say to each other. Plain data; both run the same bundle, so that nothing is checked. */
import type { ListeningPorts } from '../engine.ts'
import type { Family } from '../observability/exposition.ts'

/** Given to a worker when it starts. */
export type WorkerTask = {
  /** From 0 to count - 1; its replacement has the same. */
  readonly index: number
  readonly count: number
  /** Of the bundle that the main thread runs. */
  readonly digest: string
  readonly ports: { readonly http: number; readonly https: number }
  /** What capabilities share, by name; what is not there yet is made by the first worker. */
  readonly shared: ReadonlyMap<string, SharedArrayBuffer>
  readonly connections: SharedArrayBuffer
  /** One word for each worker, which it adds to as it turns over. */
  readonly beats: SharedArrayBuffer
}

export type FromWorker =
  | { readonly kind: 'listening'; readonly ports: ListeningPorts; readonly shared: ReadonlyMap<string, SharedArrayBuffer> }
  /** It cannot start; the message is for the operator. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Whole lines of the log. Answered with `logged`, before which no more come. */
  | { readonly kind: 'log'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A condition of readiness; `why` is `null` where it holds. */
  | { readonly kind: 'condition'; readonly condition: string; readonly why: string | null }
  | { readonly kind: 'figures'; readonly families: readonly Family[] }
  | { readonly kind: 'stopping'; readonly inFlight: number }
  | { readonly kind: 'stopped'; readonly cut: number }

export type ToWorker =
  | { readonly kind: 'logged'; readonly failed: boolean }
  /** Answered with `figures`. */
  | { readonly kind: 'measure' }
  /** Answered with `stopping` at once and with `stopped` when nothing is in flight any more. */
  | { readonly kind: 'stop' }
