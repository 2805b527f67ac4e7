/**
 * SHA256SUMS, in the form of `sha256sum`: what lies in a bundle, each file with its digest. The gateway reads it at start, and does not start
 * where a file that it names is missing or another.
 */

/** Itself is the only file of a bundle that it cannot name. */
export const checksumsFile = 'SHA256SUMS'

/** Text of SHA256SUMS. `digests`: in lower-case hex, by file name. */
export function checksumsText(digests: ReadonlyMap<string, string>): string {
  const lines = [...digests].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, digest]) => `${digest}  ${name}\n`)
  return lines.join('')
}

/** What `checksumsText` was given; `null` for any text that it does not write. Names are of files in the same folder. */
export function readChecksums(text: string): ReadonlyMap<string, string> | null {
  const digests = new Map<string, string>()
  for (const line of text.split('\n').slice(0, -1)) {
    const [, digest, name] = /^([0-9a-f]{64}) {2}([A-Za-z][\w.-]{0,99})$/.exec(line) ?? []
    if (digest === undefined || name === undefined || name === checksumsFile) return null
    digests.set(name, digest)
  }
  return checksumsText(digests) === text ? digests : null
}
