import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameReader } from '../../../../src/gateway/upgrade/frame-reader.ts'
import { Random } from '../../../random.ts'
import { closing, type Frame, frame } from '../../../wire/frames.ts'

const maxFrame = 1000

function fromClient(extensions = false): FrameReader {
  return new FrameReader(true, maxFrame, extensions)
}

/** What is passed on of `bytes` that come in pieces. */
function passed(reader: FrameReader, pieces: readonly Buffer[]): Buffer {
  const out: Buffer[] = []
  for (const piece of pieces) {
    const end = reader.read(piece)
    if (reader.carried !== null) out.push(reader.carried)
    out.push(Buffer.from(piece.subarray(0, end)))
  }
  return Buffer.concat(out)
}

function byteByByte(bytes: Buffer): readonly Buffer[] {
  return Array.from(bytes, (byte) => Buffer.from([byte]))
}

const good: readonly (readonly [string, readonly Frame[], frames: number, messages: number])[] = [
  ['an empty message', [{}], 1, 1],
  ['lengths of 7, 16 and 64 bits', [{ payload: 'x'.repeat(125) }, { payload: 'x'.repeat(126) }, { payload: 'x'.repeat(1000) }], 3, 3],
  [
    'a fragmented message',
    [
      { final: false, payload: 'a' },
      { opcode: 0, final: false, payload: 'b' },
      { opcode: 0, payload: 'c' },
    ],
    3,
    1,
  ],
  ['a Ping within a message', [{ final: false }, { opcode: 9, payload: 'x'.repeat(125) }, { opcode: 0 }], 3, 1],
  ['binary and Pong', [{ opcode: 2, payload: 'b' }, { opcode: 10 }], 2, 1],
]

for (const [name, list, frames, messages] of good) {
  test(`${name}: passed on and counted, whole and byte by byte`, () => {
    const bytes = Buffer.concat(list.map((each) => frame(each)))
    for (const pieces of [[bytes], byteByByte(bytes)]) {
      const reader = fromClient()
      assert.deepEqual(passed(reader, pieces), bytes)
      assert.deepEqual([reader.frames, reader.messages, reader.atBoundary, reader.fault], [frames, messages, true, null])
    }
  })
}

const bad: readonly (readonly [string, Frame, fault?: string])[] = [
  ['a frame without a mask', { masked: false }],
  ['each reserved bit', { reserved: 4 }],
  ['the second reserved bit', { reserved: 2 }],
  ['the third reserved bit', { reserved: 1 }],
  ['a reserved opcode', { opcode: 3 }],
  ['a reserved control opcode', { opcode: 11 }],
  ['a continuation of nothing', { opcode: 0 }],
  ['a fragmented Ping', { opcode: 9, final: false }],
  ['a Ping of 126 bytes', { opcode: 9, payload: 'x'.repeat(126) }],
  ['a Close of one byte', { opcode: 8, payload: 'x' }],
  ['16 bits for a length of 7', { payload: 'x', lengthBytes: 2 }],
  ['64 bits for a length of 16', { payload: 'x'.repeat(200), lengthBytes: 8 }],
  ['a length with the highest bit', { length: 1n << 63n }],
  ['a length beyond what numbers hold exactly', { length: 1n << 53n }],
  ['a frame over the bound', { payload: 'x'.repeat(maxFrame + 1) }, 'too-large'],
]

for (const [name, wrong, fault = 'malformed'] of bad) {
  test(`${name}: nothing of it is passed on, and all before it`, () => {
    const before = frame({ payload: 'before' })
    const bytes = Buffer.concat([before, frame(wrong), frame({ payload: 'after' })])
    for (const pieces of [[bytes], byteByByte(bytes)]) {
      const reader = fromClient()
      assert.deepEqual(passed(reader, pieces), before)
      assert.deepEqual([reader.fault, reader.atBoundary, reader.frames], [fault, true, 1])
    }
  })
}

test('a message that begins within another one is malformed', () => {
  const reader = fromClient()
  reader.read(Buffer.concat([frame({ final: false }), frame()]))
  assert.equal(reader.fault, 'malformed')
})

test('reserved bits are allowed where extensions were agreed on', () => {
  const reader = fromClient(true)
  const bytes = frame({ reserved: 4, payload: 'compressed' })
  assert.deepEqual(passed(reader, [bytes]), bytes)
})

test('a server does not mask', () => {
  const reader = new FrameReader(false, maxFrame, false)
  assert.equal(reader.read(frame({ masked: false, payload: 'x' })), 3)
  reader.read(frame({ masked: true }))
  assert.equal(reader.fault, 'malformed')
})

test('nothing is passed on after a Close', () => {
  const bytes = Buffer.concat([closing(1000, true), frame({ payload: 'late' })])
  const reader = fromClient()
  assert.deepEqual(passed(reader, [bytes]), closing(1000, true))
  assert.equal(reader.closed, true)
})

test('between two frames only where no payload is under way', () => {
  const reader = fromClient()
  const bytes = frame({ payload: 'payload' })
  reader.read(bytes.subarray(0, 8))
  assert.equal(reader.atBoundary, false)
  reader.read(bytes.subarray(8))
  assert.equal(reader.atBoundary, true)
})

test('however good and bad frames are split, the same is passed on and counted', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed)
    const list = Array.from({ length: 1 + random.below(8) }, (): Frame => {
      const wrong = random.onceIn(12) ? random.pick(bad)[1] : null
      return wrong ?? { opcode: random.pick([1, 2, 9, 10]), payload: 'x'.repeat(random.pick([0, 1, 5, 100, 125])) }
    })
    const bytes = Buffer.concat(list.map((each) => frame(each)))
    const whole = fromClient()
    const expected = passed(whole, [bytes])
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + random.below(random.pick([2, 20, 200]))
      pieces.push(Buffer.from(bytes.subarray(at, at + length)))
      at += length
    }
    const split = fromClient()
    assert.deepEqual(passed(split, pieces), expected, `seed ${seed}`)
    assert.deepEqual([split.frames, split.messages, split.fault], [whole.frames, whole.messages, whole.fault], `seed ${seed}`)
  }
})
