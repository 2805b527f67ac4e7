import type { Location } from '../../source/location.ts'

export type Waiver = {
  readonly rule: string
  /** JSON Pointer fragment, perhaps after a file name: `#/paths/~1x` or `petstore.yaml#/paths/~1x`. */
  readonly pointer: string
  readonly reason: string
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string
  readonly at: Location
}
