/** What of a credential could be revoked, as hashes; and what the last look into the tables said. One object lives as long as what it is of. */
import { hashWords } from '../keyed-hash.ts'

export class RevocationMarks {
  /** Hashes, one after the other, under which it may be revoked by itself, and those under which all that was issued before a time is. */
  readonly single: Int32Array
  readonly before: Int32Array
  /** Seconds since the epoch; -Infinity where nothing says it, and any time bars it. */
  readonly issuedAt: number
  /** The epoch of that look; -1 before the first. */
  epoch: number = -1
  revoked: boolean = false

  constructor(single: readonly Int32Array[], before: readonly Int32Array[], issuedAt: number | null) {
    this.single = joined(single)
    this.before = joined(before)
    this.issuedAt = issuedAt ?? Number.NEGATIVE_INFINITY
  }
}

function joined(hashes: readonly Int32Array[]): Int32Array {
  const words = new Int32Array(hashes.length * hashWords)
  for (const [index, hash] of hashes.entries()) words.set(hash, index * hashWords)
  return words
}
