/** How much, and for how long. */

/** Bounds on what strangers may send. Sizes in bytes. */
export type HttpLimitsPlan = {
  readonly maxHead: number
  readonly maxFields: number
  readonly maxTarget: number
  readonly maxConnections: number
  /** Connections to one backend address. */
  readonly maxUpstreamConnections: number
  /** Exchanges that may wait for a connection to one backend address; more are refused with 503. */
  readonly maxUpstreamWaiting: number
  /** Connections to one backend address that have left HTTP; they do not count among `maxUpstreamConnections`. */
  readonly maxTunnels: number
}

/** All in milliseconds. */
export type TimeoutsPlan = {
  readonly head: number
  readonly bodyIdle: number
  readonly keepAlive: number
  readonly connect: number
  readonly upstreamIdle: number
  /** A connection to a backend takes no new exchange when it is older; 0 is no bound. */
  readonly upstreamLife: number
}
