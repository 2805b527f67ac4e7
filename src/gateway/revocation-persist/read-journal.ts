/** Reads a journal, piece by piece, when the gateway starts. */
import { readSync } from 'node:fs'
import {
  type FrameAt,
  frameAt,
  frameHeadBytes,
  headBytes,
  knowsRecords,
  mostFrameBytes,
  type RecordTaker,
  readHead,
  readRecords,
} from './journal-format.ts'

/** Bytes that are read at once; more than a frame. */
const piece = 1024 * 1024

/**
 * `end`: where the next frame is to be written. `cut`: bytes behind it that a write left which was cut short. Refused: nothing that was
 * taken from it counts, and a word why.
 */
export type JournalReading =
  | { readonly kind: 'read'; readonly entries: number; readonly checksum: number; readonly end: number; readonly cut: number }
  | { readonly kind: 'refused'; readonly why: string }

/** First everything is looked through, and only then anything is taken: a file that is refused leaves no traces. */
export function readJournal(file: number, size: number, hashKey: Uint8Array, taker: RecordTaker): JournalReading {
  const found = eachFrame(file, size, hashKey, knowsRecords)
  if (found.kind === 'refused') return found
  eachFrame(file, found.end, hashKey, (frame) => {
    readRecords(frame, taker)
    return true
  })
  return found
}

function eachFrame(file: number, size: number, hashKey: Uint8Array, take: (frame: Buffer) => boolean): JournalReading {
  const reader = new PieceReader(file, size)
  const head = readHead(reader.at(0, headBytes), hashKey)
  if (head === null) return { kind: 'refused', why: 'its beginning is not understood' }
  let { checksum } = head
  let end = headBytes
  while (end < size) {
    const bytes = reader.at(end, mostFrameBytes)
    const frame = frameAt(bytes, 0, checksum)
    if (frame.kind !== 'whole') {
      if (!isTorn(frame, bytes, end + bytes.length === size, reader, end)) return { kind: 'refused', why: 'it is damaged' }
      break
    }
    if (!take(bytes.subarray(0, frame.end))) return { kind: 'refused', why: 'it is of another version' }
    end += frame.end
    checksum = frame.checksum
  }
  return { kind: 'read', entries: head.entries, checksum, end, cut: size - end }
}

/** Whether it is the last frame, of which not all was written: some of it is missing, or is still zeros. */
function isTorn(frame: Exclude<FrameAt, { kind: 'whole' }>, bytes: Buffer, isLast: boolean, reader: PieceReader, from: number): boolean {
  if (frame.kind === 'cut') return isLast
  if (frame.kind === 'bad-records') return isLast && frame.end === bytes.length
  return reader.isZero(from + frameHeadBytes)
}

class PieceReader {
  readonly #file: number
  readonly #size: number
  readonly #piece: Buffer = Buffer.alloc(piece)
  #from: number = 0
  #length: number = 0

  constructor(file: number, size: number) {
    this.#file = file
    this.#size = size
  }

  /** So many bytes from there, or fewer at the end of the file. */
  at(from: number, count: number): Buffer {
    const wanted = Math.min(count, this.#size - from)
    if (from < this.#from || from + wanted > this.#from + this.#length) this.#read(from)
    return this.#piece.subarray(from - this.#from, Math.min(from - this.#from + wanted, this.#length))
  }

  /** Whether there is nothing but zeros from there to the end. */
  isZero(from: number): boolean {
    for (let at = from; at < this.#size; at += piece) {
      if (this.at(at, piece).some((byte) => byte !== 0)) return false
    }
    return true
  }

  #read(from: number): void {
    this.#from = from
    this.#length = 0
    while (this.#length < piece && from + this.#length < this.#size) {
      const count = readSync(this.#file, this.#piece, this.#length, Math.min(piece, this.#size - from) - this.#length, from + this.#length)
      if (count === 0) break
      this.#length += count
    }
  }
}
