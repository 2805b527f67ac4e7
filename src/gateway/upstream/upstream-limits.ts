/** What bounds the connections to one backend address. Times in milliseconds. */
export type UpstreamLimits = {
  readonly maxConnections: number
  readonly maxWaiting: number
  readonly connect: number
  readonly upstreamIdle: number
  /** A connection takes no new exchange when it is older, so that a changed address is followed; infinite for no bound. */
  readonly upstreamLife: number
}

/** Milliseconds by which a wait outlives the dialling of a connection, whose failure says more. */
export const waitGrace = 1000
