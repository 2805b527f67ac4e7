/**
 * WebSocket frames, in order and odd, cut anywhere: the reader of frames passes on the same bytes however they come, ends where a reader
 * that sees everything at once would end, and never passes on a part of a header that it does not like.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { FrameReader } from '../../src/gateway/upgrade/frame-reader.ts'
import { Random } from '../random.ts'

const streams = 20_000
const maxFrame = 70_000

type Read = { readonly passed: number; readonly frames: number; readonly messages: number; readonly fault: string | null }

/** RFC 6455 §5.2, straight on: how far a stream may be passed on. */
function expected(bytes: Buffer, masked: boolean, extensions: boolean): Read {
  let [at, frames, messages, inMessage] = [0, 0, 0, false]
  const ends = (fault: string | null, passed = at): Read => ({ passed, frames, messages, fault })
  while (at + 2 <= bytes.length) {
    const first = bytes[at]!
    const second = bytes[at + 1]!
    const [final, reserved, opcode] = [first >= 128, (first >> 4) & 7, first & 15]
    const short = second % 128
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
    const header = 2 + lengthBytes + (second >= 128 ? 4 : 0)
    if (at + header > bytes.length) return ends(null)
    const length = lengthBytes === 0 ? BigInt(short) : BigInt(`0x${bytes.toString('hex', at + 2, at + 2 + lengthBytes)}`)
    if (lengthBytes === 2 && length < 126n) return ends('malformed')
    if (lengthBytes === 8 && (length < 65_536n || length > BigInt(Number.MAX_SAFE_INTEGER))) return ends('malformed')
    if (second >= 128 !== masked || (reserved !== 0 && !extensions)) return ends('malformed')
    if (opcode >= 8) {
      if (opcode > 10 || !final || length > 125n || (opcode === 8 && length === 1n)) return ends('malformed')
    } else {
      if (opcode > 2 || (opcode === 0) !== inMessage) return ends('malformed')
      if (length > BigInt(maxFrame)) return ends('too-large')
      inMessage = !final
      if (final) messages++
    }
    frames++
    at += header + Number(length)
    if (at >= bytes.length) return ends(null, bytes.length)
    if (opcode === 8) return ends(null)
  }
  return ends(null)
}

function makeFrame(random: Random, masked: boolean): Buffer {
  const length = random.pick([0, 1, 5, 125, 126, 300, 65_535, 65_536, 80_000])
  const form = random.onceIn(12) ? random.pick([0, 2, 8]) : length < 126 ? 0 : length < 65_536 ? 2 : 8
  const header = Buffer.alloc(2 + form)
  header[0] = (random.onceIn(4) ? 0 : 0x80) | (random.onceIn(15) ? random.below(128) : random.pick([0, 1, 1, 2, 8, 9, 10]))
  header[1] = (masked !== random.onceIn(25) ? 0x80 : 0) | (form === 0 ? Math.min(length, 125) : form === 2 ? 126 : 127)
  if (form === 2) header.writeUInt16BE(length % 65_536, 2)
  if (form === 8) header.writeBigUInt64BE(random.onceIn(6) ? 2n ** 53n + BigInt(length) : BigInt(length), 2)
  const mask = header[1]! >= 128 ? 4 : 0
  return Buffer.concat([header, Buffer.alloc(mask + length, random.below(256))])
}

function read(bytes: Buffer, splits: readonly number[], masked: boolean, extensions: boolean): Read {
  const reader = new FrameReader(masked, maxFrame, extensions)
  const ends = [...splits, bytes.length]
  const pieces: Buffer[] = []
  for (const [index, end] of ends.entries()) {
    if (reader.fault !== null) break
    const chunk = bytes.subarray(ends[index - 1] ?? 0, end)
    const passed = reader.read(chunk)
    if (reader.carried !== null) pieces.push(reader.carried)
    pieces.push(chunk.subarray(0, passed))
  }
  const all = Buffer.concat(pieces)
  assert.ok(all.equals(bytes.subarray(0, all.length)), 'other bytes were passed on')
  return { passed: all.length, frames: reader.frames, messages: reader.messages, fault: reader.fault }
}

it(`${streams} streams of WebSocket frames are followed the same however they are cut`, () => {
  for (let index = 0; index < streams; index++) {
    const random = new Random(17 + Math.imul(index, 0x9e3779b1))
    const [masked, extensions] = [random.onceIn(2), random.onceIn(4)]
    const frames = Array.from({ length: 1 + random.below(5) }, () => makeFrame(random, masked))
    const whole = Buffer.concat(frames)
    const bytes = random.onceIn(4) ? whole.subarray(0, random.below(whole.length + 1)) : whole
    const splits = Array.from({ length: random.below(8) }, () =>
      random.below(Math.min(bytes.length + 1, random.pick([20, 200_000]))),
    ).toSorted((a, b) => a - b)
    assert.deepEqual(read(bytes, splits, masked, extensions), expected(bytes, masked, extensions), `stream ${index}`)
  }
})
