/** How large bodies may be in the gateway under test: what takes long to send is made small, after it was compared. */

/** Bytes. */
const largestBody = 16 * 1024

/** What has no bound, as streams have none, stays so. */
export function scaledBody(bytes: number): number {
  return bytes > largestBody && bytes < Number.MAX_SAFE_INTEGER ? largestBody : bytes
}
