/** How much, and for how long. */
import type { HttpLimitsPlan, TimeoutsPlan } from '../../../contract/plan/bounds.ts'
import type { Decided } from './placed.ts'

/** Sizes in bytes. `maxBody` is the default of operations. */
export type HttpLimits = HttpLimitsPlan & {
  readonly maxBody: Decided<number>
  readonly maxConsumers: number
  readonly maxRevocations: number
}

/** Milliseconds. `answer` and `exchange` are the defaults of operations. */
export type Timeouts = TimeoutsPlan & { readonly answer: Decided<number>; readonly exchange: Decided<number> }
