/** Digests as OCI and manifests write them: `sha256:` and 64 hexadecimal digits. */
import { createHash, type Hash } from 'node:crypto'

export function digestOf(content: string | Uint8Array): string {
  return digestText(createHash('sha256').update(content))
}

/** `hash`: a SHA-256 that has taken everything. It is done with. */
export function digestText(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`
}
