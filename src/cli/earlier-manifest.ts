/** Manifests that earlier versions wrote, in the form of this one. */
import type { ManifestLimit } from '../contract/manifest/limit.ts'
import type { Manifest } from '../contract/manifest.ts'

/** `manifest`: of this format, whoever wrote it. */
export function inPresentForm(manifest: Manifest): Manifest {
  const { throttling } = manifest
  if (throttling === null || Array.isArray(throttling.unauthenticated)) return manifest
  // Before it could have groups, the tier of callers without a credential was one limit, or none.
  const one = throttling.unauthenticated as unknown as ManifestLimit | null
  return { ...manifest, throttling: { ...throttling, unauthenticated: one === null ? [] : [one] } }
}
