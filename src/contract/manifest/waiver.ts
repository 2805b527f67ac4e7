import type { SourceReference } from './source-reference.ts'

/** A finding that the project does without, and why. */
export type ManifestWaiver = {
  readonly rule: string
  /** JSON Pointer fragment, perhaps after a file name. */
  readonly pointer: string
  readonly reason: string
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string
  readonly at: SourceReference
}
