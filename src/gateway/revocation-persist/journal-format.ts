/**
 * The bytes of a journal: a head, and frames of records. A frame is written at once and synced before the next one, and holds a checksum that
 * depends on all frames before it, so that what is read is what was written, in its order. A record is 24 bytes.
 *
 * Whatever is wrong with the last frame alone is what a write leaves behind that was cut short: the frame is cut off, and what is before it
 * is a state that was once true. Anything else is damage, and then nothing of the file is believed.
 */
import { createHmac } from 'node:crypto'
import zlib from 'node:zlib'
import type { HashedEntry } from '../revocation/keeper.ts'

/** Names the format; another one is not understood, and the file is made anew. */
const magic = 'PSTNREV1'

/** Name of the format, what tells the hashes' key, how many entries there were when it was written anew, checksum. */
export const headBytes = 24
const keyMarkBytes = 8

/** Length, checksum of the records, checksum of these two. */
export const frameHeadBytes = 12
export const recordBytes = 24
export const mostRecords = 4096
export const mostFrameBytes = frameHeadBytes + mostRecords * recordBytes

const operations = { put: 1, remove: 2, confirm: 3 } as const

/** Returns the head, and the checksum from which the first frame goes on. */
export function makeHead(hashKey: Uint8Array, entries: number): { readonly bytes: Buffer; readonly checksum: number } {
  const bytes = Buffer.alloc(headBytes)
  bytes.write(magic, 0, 'latin1')
  keyMark(hashKey).copy(bytes, 8)
  bytes.writeUInt32LE(entries, 16)
  const checksum = zlib.crc32(bytes.subarray(0, 20))
  bytes.writeUInt32LE(checksum, 20)
  return { bytes, checksum }
}

/** `null` where it is not one that was written with this key of the hashes. */
export function readHead(bytes: Buffer, hashKey: Uint8Array): { readonly entries: number; readonly checksum: number } | null {
  if (bytes.length < headBytes || bytes.toString('latin1', 0, 8) !== magic) return null
  const checksum = bytes.readUInt32LE(20)
  if (zlib.crc32(bytes.subarray(0, 20)) !== checksum || !keyMark(hashKey).equals(bytes.subarray(8, 16))) return null
  return { entries: bytes.readUInt32LE(16), checksum }
}

/** Collects records, and makes them frames. */
export class FrameMaker {
  #frame: Buffer = Buffer.alloc(0)
  #end: number = frameHeadBytes
  readonly #full: Buffer[] = []

  /** Frames that hold something. */
  get frames(): number {
    return this.#full.length + (this.#end > frameHeadBytes ? 1 : 0)
  }

  put(entry: HashedEntry): void {
    this.#entry(operations.put, entry)
  }

  remove(entry: HashedEntry): void {
    this.#entry(operations.remove, entry)
  }

  /** Milliseconds since the epoch. */
  confirm(time: number): void {
    const at = this.#record(operations.confirm)
    this.#frame.writeDoubleLE(time, at + 8)
  }

  /** Those that are full, and with `all` the one that is not. Their checksums are yet to be set. */
  take(all: boolean): Buffer[] {
    if (all && this.#end > frameHeadBytes) this.#finish()
    return this.#full.splice(0)
  }

  clear(): void {
    this.#end = frameHeadBytes
    this.#full.length = 0
  }

  #entry(operation: number, { bars, first, second, third, value, ends }: HashedEntry): void {
    const at = this.#record(operation)
    const frame = this.#frame
    frame.writeUInt8(bars ? 1 : 0, at + 1)
    frame.writeInt32LE(first, at + 4)
    frame.writeInt32LE(second, at + 8)
    frame.writeInt32LE(third, at + 12)
    frame.writeUInt32LE(value, at + 16)
    frame.writeUInt32LE(ends, at + 20)
  }

  #record(operation: number): number {
    if (this.#end === mostFrameBytes) this.#finish()
    if (this.#frame.length === 0) this.#frame = Buffer.alloc(mostFrameBytes)
    const at = this.#end
    this.#end += recordBytes
    this.#frame.fill(0, at, this.#end)
    this.#frame.writeUInt8(operation, at)
    return at
  }

  #finish(): void {
    this.#full.push(this.#frame.subarray(0, this.#end))
    this.#frame = Buffer.alloc(0)
    this.#end = frameHeadBytes
  }
}

/** Sets the checksums of a frame that follows what has `checksum`. Returns its own. */
export function sealFrame(frame: Buffer, checksum: number): number {
  const own = zlib.crc32(frame.subarray(frameHeadBytes), checksum)
  frame.writeUInt32LE(frame.length - frameHeadBytes, 0)
  frame.writeUInt32LE(own, 4)
  frame.writeUInt32LE(zlib.crc32(frame.subarray(0, 8)), 8)
  return own
}

/** The frame at `at`: whole, with where it ends; one that needs more bytes than there are; or what is wrong. */
export type FrameAt =
  | { readonly kind: 'whole'; readonly end: number; readonly checksum: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'bad-head' }
  | { readonly kind: 'bad-records'; readonly end: number }

export function frameAt(bytes: Buffer, at: number, checksum: number): FrameAt {
  if (bytes.length - at < frameHeadBytes) return { kind: 'cut' }
  const length = bytes.readUInt32LE(at)
  if (zlib.crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32LE(at + 8)) return { kind: 'bad-head' }
  if (length === 0 || length % recordBytes !== 0 || length > mostRecords * recordBytes) return { kind: 'bad-head' }
  const end = at + frameHeadBytes + length
  if (end > bytes.length) return { kind: 'cut' }
  const own = zlib.crc32(bytes.subarray(at + frameHeadBytes, end), checksum)
  return own === bytes.readUInt32LE(at + 4) ? { kind: 'whole', end, checksum: own } : { kind: 'bad-records', end }
}

export type RecordTaker = {
  put(entry: HashedEntry): void
  remove(entry: HashedEntry): void
  confirm(time: number): void
}

/** Whether a frame that is whole has no records but such that this version knows. */
export function knowsRecords(frame: Buffer): boolean {
  for (let at = frameHeadBytes; at < frame.length; at += recordBytes) {
    const operation = frame[at]!
    if (operation < operations.put || operation > operations.confirm) return false
  }
  return true
}

/** The records of a frame, which knows them. */
export function readRecords(frame: Buffer, taker: RecordTaker): void {
  for (let at = frameHeadBytes; at < frame.length; at += recordBytes) {
    const operation = frame[at]
    if (operation === operations.put) taker.put(entryAt(frame, at))
    else if (operation === operations.remove) taker.remove(entryAt(frame, at))
    else taker.confirm(frame.readDoubleLE(at + 8))
  }
}

function entryAt(frame: Buffer, at: number): HashedEntry {
  return {
    bars: frame.readUInt8(at + 1) === 1,
    first: frame.readInt32LE(at + 4),
    second: frame.readInt32LE(at + 8),
    third: frame.readInt32LE(at + 12),
    value: frame.readUInt32LE(at + 16),
    ends: frame.readUInt32LE(at + 20),
  }
}

function keyMark(hashKey: Uint8Array): Buffer {
  return createHmac('sha256', hashKey).update(magic).digest().subarray(0, keyMarkBytes)
}
