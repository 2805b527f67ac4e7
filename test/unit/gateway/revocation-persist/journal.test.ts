import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { HashedEntry, KeptSource } from '../../../../src/gateway/revocation/keeper.ts'
import { Journal, type JournalParts } from '../../../../src/gateway/revocation-persist/journal.ts'
import { until } from '../../../wire/until.ts'

const hashKey = Buffer.alloc(32, 7)

/** A source that has its entries in a map, as the tables do, and tells a journal. */
class Source {
  readonly known: Map<number, HashedEntry> = new Map()
  readonly problems: string[] = []
  readonly path: string
  isOurs: boolean = true
  journal: Journal
  confirmedAt: number | null

  constructor(path: string, confirmEvery = 1000, isAhead = false) {
    this.path = path
    const parts: JournalParts = {
      path,
      hashKey,
      confirmEvery,
      holdsFolder: async () => this.isOurs,
      failed: (problem) => this.problems.push(problem),
    }
    this.journal = new Journal(parts)
    this.confirmedAt = this.journal.restore({
      expect: () => {},
      put: (entry) => this.known.set(entry.first, entry),
      remove: ({ first }) => this.known.delete(first),
    })
    const known = this.known
    const source: KeptSource = {
      get entries() {
        return known.size
      },
      copy: (from, take) => {
        const all = [...known.values()]
        for (const entry of all.slice(from, from + 1000)) take(entry)
        return from + 1000 < all.length ? from + 1000 : -1
      },
    }
    this.journal.begin(source, isAhead)
  }

  put(...names: readonly number[]): void {
    for (const name of names) {
      const entry = { bars: false, first: name, second: 0, third: 0, value: 7, ends: 0 }
      this.known.set(name, entry)
      this.journal.put(entry)
    }
  }

  remove(name: number): void {
    const entry = this.known.get(name)!
    this.known.delete(name)
    this.journal.remove(entry)
  }

  get size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0
  }
}

function pathIn(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-journal-'))
  context.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'feed.journal')
}

function names(source: Source): string {
  return [...source.known.keys()].sort((a, b) => a - b).join(' ')
}

test('what a source said is there after an end in order, and as of when', async (context) => {
  const path = pathIn(context)
  const first = new Source(path)
  assert.equal(first.confirmedAt, null)
  first.put(1, 2, 3)
  first.journal.confirm(1000)
  await until(() => first.size > 100)
  first.remove(2)
  first.journal.confirm(1500)
  first.journal.end(true)
  const second = new Source(path)
  assert.deepEqual([names(second), second.confirmedAt], ['1 3', 1500])
  second.put(4)
  second.journal.end(true)
  const third = new Source(path)
  assert.deepEqual([names(third), third.confirmedAt], ['1 3 4', 1500])
  third.journal.end(true)
  assert.deepEqual([first.problems, second.problems, third.problems].flat(), [])
})

test('what a source said is there where the gateway just ended', async (context) => {
  const path = pathIn(context)
  const first = new Source(path)
  first.put(1)
  await until(() => first.size > 24)
  const before = first.size
  first.put(2)
  first.journal.confirm(5000)
  await until(() => first.size > before)
  const second = new Source(path)
  assert.deepEqual([names(second), second.confirmedAt], ['1 2', 5000])
  first.journal.end(false)
  second.journal.end(true)
})

test('a record that nothing is new is written from time to time, and at once where the clock was set back', async (context) => {
  const source = new Source(pathIn(context))
  source.journal.confirm(10_000)
  await until(() => source.size > 24)
  let before = source.size
  source.journal.confirm(10_500)
  source.put(1)
  await until(() => source.size > before)
  assert.equal(source.size - before, 12 + 24, 'the entry, and no time')
  before = source.size
  source.journal.confirm(11_001)
  await until(() => source.size > before)
  before = source.size
  source.journal.confirm(9000)
  await until(() => source.size > before)
  source.journal.end(false)
  assert.equal(new Source(source.path).confirmedAt, 9000)
})

test('a journal with much that counts no more is written anew, and loses nothing meanwhile', async (context) => {
  const source = new Source(pathIn(context))
  await until(() => source.size > 0)
  for (let round = 0; round < 30; round++) {
    for (let name = 1; name <= 2500; name++) {
      source.put(name)
      if (name % 2 === 1) source.remove(name)
    }
    await pause(5)
  }
  source.journal.confirm(7)
  await until(() => source.size < 60_000 * 24)
  source.put(1)
  source.journal.end(true)
  const next = new Source(source.path)
  assert.equal(names(next), names(source))
  assert.equal(next.confirmedAt, 7)
  next.journal.end(true)
  assert.deepEqual(source.problems, [])
})

test('the end of a file that is torn is cut, and it goes on there', async (context) => {
  const source = new Source(pathIn(context))
  await until(() => source.size > 0)
  source.put(1)
  await until(() => source.size > 24)
  const whole = source.size
  source.put(2)
  await until(() => source.size > whole)
  truncateSync(source.path, source.size - 1)
  const next = new Source(source.path)
  assert.equal(names(next), '1')
  assert.equal(next.size, whole)
  next.put(3)
  next.journal.end(true)
  assert.equal(names(new Source(source.path)), '1 3')
})

test('a damaged file is told, nothing of it counts, and another one takes its place', async (context) => {
  const path = pathIn(context)
  writeFileSync(path, 'not a journal')
  const source = new Source(path)
  assert.deepEqual(source.problems, ['the journal is refused: its beginning is not understood'])
  source.put(5)
  source.journal.confirm(10)
  await until(() => source.size > 24)
  source.journal.end(true)
  const next = new Source(path)
  assert.deepEqual([names(next), next.confirmedAt, next.problems], ['5', 10, []])
  next.journal.end(true)
})

test('nothing is written where the folder is lost, and that is told once', async (context) => {
  const source = new Source(pathIn(context))
  await until(() => source.size > 0)
  const before = source.size
  source.isOurs = false
  source.put(1)
  await until(() => source.problems.length > 0)
  source.put(2)
  source.journal.end(false)
  assert.deepEqual(source.problems, ['another gateway has taken the folder'])
  assert.equal(source.size, before)
})

test('a folder that is gone is told, and nothing else ends', async (context) => {
  const path = pathIn(context)
  const source = new Source(join(path, 'nowhere', 'feed.journal'))
  source.put(1)
  await until(() => source.problems.length > 0)
  assert.deepEqual(source.problems, ['ENOENT'])
  source.put(2)
  source.journal.end(true)
  assert.deepEqual(readdirSync(join(path, '..')), [])
})
