/** Digests as manifests, locks and lists of files write them. */
import { createHash } from 'node:crypto'

/** `sha256:` and the digest in lower-case hex; text is taken as UTF-8. */
export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

/** The hex digits of what `digestOf` gives. */
export function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
