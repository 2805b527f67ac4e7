import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { FrameMaker, headBytes, makeHead, mostRecords, sealFrame } from '../../../../src/gateway/revocation-persist/journal-format.ts'
import { type JournalReading, readJournal } from '../../../../src/gateway/revocation-persist/read-journal.ts'

const hashKey = Buffer.alloc(32, 7)
const folder = mkdtempSync(join(tmpdir(), 'postern-journal-'))
const file = openSync(join(folder, 'journal'), 'w+')
after(() => {
  closeSync(file)
  rmSync(folder, { recursive: true })
})

type Change = (frames: FrameMaker) => void

const put =
  (name: number): Change =>
  (frames) =>
    frames.put({ bars: (name & 1) === 1, first: name, second: ~name, third: name << 16, value: 100 + name, ends: name & 1 })
const remove =
  (name: number): Change =>
  (frames) =>
    frames.remove({ bars: (name & 1) === 1, first: name, second: ~name, third: name << 16, value: 0, ends: 0 })
const confirm =
  (time: number): Change =>
  (frames) =>
    frames.confirm(time)

/** The bytes of a journal with these frames, and where each begins. */
function journal(...written: readonly (readonly Change[])[]): { readonly bytes: Buffer; readonly begins: readonly number[] } {
  const head = makeHead(hashKey, 5)
  let { checksum } = head
  const parts = [head.bytes]
  const begins: number[] = []
  let end = headBytes
  for (const changes of written) {
    const frames = new FrameMaker()
    for (const change of changes) change(frames)
    for (const frame of frames.take(true)) {
      checksum = sealFrame(frame, checksum)
      begins.push(end)
      parts.push(frame)
      end += frame.length
    }
  }
  return { bytes: Buffer.concat(parts), begins }
}

/** What is read: names with their values, and the last time. */
function read(bytes: Buffer, key: Uint8Array = hashKey): { readonly reading: JournalReading; readonly state: string } {
  ftruncateSync(file, 0)
  writeSync(file, bytes, 0, bytes.length, 0)
  const entries = new Map<number, number>()
  let confirmed = 0
  const reading = readJournal(file, bytes.length, key, {
    put: ({ bars, first, second, third, value, ends }) => {
      assert.deepEqual([bars, second, third, ends], [(first & 1) === 1, ~first, first << 16, first & 1])
      entries.set(first, value)
    },
    remove: ({ first }) => entries.delete(first),
    confirm: (time) => {
      confirmed = time
    },
  })
  return { reading, state: `${[...entries].join(' ')} at ${confirmed}` }
}

const frames = [
  [put(1), put(2), confirm(10)],
  [put(3), remove(1)],
  [put(-4), confirm(1_790_000_000_123)],
]
const whole = journal(...frames)
/** What each of its beginnings says that ends with a frame. */
const states = frames.map((_, count) => read(journal(...frames.slice(0, count)).bytes).state).concat(read(whole.bytes).state)

test('what was written is read', () => {
  assert.deepEqual(states, [' at 0', '1,101 2,102 at 10', '2,102 3,103 at 10', '2,102 3,103 -4,96 at 1790000000123'])
  const { reading } = read(whole.bytes)
  assert.deepEqual(reading, { ...reading, kind: 'read', entries: 5, end: whole.bytes.length, cut: 0 })
})

test('a file that ends anywhere says what its whole frames say, and nothing else', () => {
  for (let length = 0; length < whole.bytes.length; length++) {
    const { reading, state } = read(whole.bytes.subarray(0, length))
    if (length < headBytes) {
      assert.equal(reading.kind, 'refused')
      continue
    }
    const ends = [headBytes, ...whole.begins.slice(1), whole.bytes.length]
    const frame = ends.findLastIndex((end) => end <= length)
    assert.equal(state, states[frame], `${length} bytes`)
    assert.deepEqual(reading, { ...reading, kind: 'read', end: ends[frame], cut: length - ends[frame]! })
  }
})

test('so does one whose end was reserved and never written', () => {
  const last = whole.begins.at(-1)!
  for (let length = last; length < whole.bytes.length; length++) {
    const bytes = Buffer.from(whole.bytes)
    bytes.fill(0, length)
    // Its last bytes are zeros in any case.
    assert.equal(read(bytes).state, states[bytes.equals(whole.bytes) ? 3 : 2], `${length} bytes`)
  }
  assert.equal(read(Buffer.concat([whole.bytes, Buffer.alloc(5000)])).state, states[3])
})

test('damage at any bit: nothing is believed, or, at the end, what is before it', () => {
  const last = whole.begins.at(-1)!
  for (let at = 0; at < whole.bytes.length; at++) {
    for (const bit of [0, 3, 7]) {
      const bytes = Buffer.from(whole.bytes)
      bytes[at]! ^= 1 << bit
      const { reading, state } = read(bytes)
      if (reading.kind === 'refused') assert.equal(state, ' at 0', `byte ${at}: refused, and something was taken`)
      else assert.ok(at >= last && state === states[2], `byte ${at}: ${state}`)
    }
  }
})

test('frames that are missing, twice, in another order or from another file are damage', () => {
  const [head, one, two, three] = [0, ...whole.begins].map((begin, index) =>
    whole.bytes.subarray(begin, [...whole.begins, whole.bytes.length][index]),
  ) as [Buffer, Buffer, Buffer, Buffer]
  const other = journal([put(9)], [put(10)], [put(11)])
  for (const parts of [
    [head, two, three],
    [head, one, one, two, three],
    [head, two, one, three],
    [head, one, three, two],
    [head, other.bytes.subarray(other.begins[1], other.begins[2]), three],
  ])
    assert.equal(read(Buffer.concat(parts)).reading.kind, 'refused')
})

test('a file of another key, another format or another kind is refused', () => {
  assert.equal(read(whole.bytes, Buffer.alloc(32, 8)).reading.kind, 'refused')
  assert.equal(read(Buffer.from('{}')).reading.kind, 'refused')
  assert.equal(read(Buffer.alloc(4096)).reading.kind, 'refused')
  assert.equal(read(Buffer.alloc(0)).reading.kind, 'refused')
})

test('more than a piece of the file is read as well', () => {
  const changes = Array.from({ length: 15 * mostRecords + 7 }, (_, name) => put(name + 1))
  const { bytes, begins } = journal(changes, [confirm(5)])
  assert.equal(begins.length, 17)
  assert.match(read(bytes).state, / at 5$/)
  assert.equal(read(bytes).state.split(' ').length, changes.length + 2)
})
