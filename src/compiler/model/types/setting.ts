import type { Location } from '../../source/location.ts'

export type Setting = {
  readonly name: string
  readonly default: string | null
  readonly usedFor: readonly string[]
  readonly at: Location
}
