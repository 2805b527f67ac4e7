/** Requests in flight at the same time, of one API; 0 is no bound. */
export type ConcurrencyPlan = {
  /** All together, those of one consumer, and those to each backend. */
  readonly api: number
  readonly consumer: number
  readonly production: number
  readonly sandbox: number
  /** Milliseconds that a request may wait for its place. */
  readonly wait: number
}
