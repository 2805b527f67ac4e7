/** How much, and for how long. */
import type { Decided } from './placed.ts'

/** Sizes in bytes; see HttpLimitsPlan. `maxBody` is the default of operations. */
export type HttpLimits = {
  readonly maxHead: number
  readonly maxFields: number
  readonly maxTarget: number
  readonly maxBody: Decided<number>
  readonly maxConnections: number
  readonly maxUpstreamConnections: number
  readonly maxUpstreamWaiting: number
  readonly maxTunnels: number
  readonly maxConsumers: number
  readonly maxRevocations: number
}

/** Milliseconds; see TimeoutsPlan. `answer` and `exchange` are the defaults of operations. */
export type Timeouts = {
  readonly head: number
  readonly bodyIdle: number
  readonly keepAlive: number
  readonly connect: number
  readonly upstreamIdle: number
  readonly upstreamLife: number
  readonly answer: Decided<number>
  readonly exchange: Decided<number>
}
