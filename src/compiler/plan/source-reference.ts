/** Places as the manifest has them. */
import type { SourceReference } from '../../contract/manifest/source-reference.ts'
import type { Location } from '../source/location.ts'

export function reference(at: Location): SourceReference {
  return `${at.file}:${at.line}`
}

export function optionalReference(at: Location | null): SourceReference | null {
  return at === null ? null : reference(at)
}
