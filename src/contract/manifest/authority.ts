import type { SourceReference } from './source-reference.ts'

/** A certificate whose holder vouches for others. */
export type ManifestAuthority = {
  readonly subject: string
  /** SHA-256 of its DER form, in lower-case hex. */
  readonly fingerprint: string
  readonly expires: string
  readonly at: SourceReference
}
