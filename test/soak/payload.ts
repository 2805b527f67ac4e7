/** Bodies that both ends make for themselves, so that either can tell whether what came is what was sent. */
import { createHash } from 'node:crypto'

const pattern = Buffer.from(Array.from({ length: 65_521 }, (_, index) => (index * 31 + (index >> 8)) & 0xff))

/** The body of so many bytes, in pieces. It has no period that a buffer's size could hide. */
export function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= pattern.length) yield pattern.subarray(0, Math.min(left, pattern.length))
}

const digests = new Map<number, string>()

/** SHA-256 of the body of so many bytes, in hex. */
export function digestOf(bytes: number): string {
  let digest = digests.get(bytes)
  if (digest === undefined) {
    const hash = createHash('sha256')
    for (const piece of pieces(bytes)) hash.update(piece)
    digest = hash.digest('hex')
    digests.set(bytes, digest)
  }
  return digest
}

/** From nothing to some megabytes, the small ones more often; few different ones, so that digests are made once. */
export const sizes: readonly number[] = [0, 1, 150, 150, 1000, 1000, 16_384, 65_535, 65_536, 200_000, 1_000_003, 5_000_000]
