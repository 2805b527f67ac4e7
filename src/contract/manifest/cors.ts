import type { SourceReference } from './source-reference.ts'

export type ManifestCors = {
  /** Empty where the operation's method is not among those that are allowed. */
  readonly origins: 'any' | readonly string[]
  readonly headers: readonly string[]
  readonly expose: readonly string[]
  readonly credentials: boolean
  readonly maxAgeSeconds: number | null
  readonly at: SourceReference
}
