import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { FolderLock } from '../../../../src/gateway/revocation-persist/folder-lock.ts'

/** Milliseconds. */
const beat = 50

function temporary(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-lock-'))
  context.after(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a folder is one gateway’s until it gives it back', async (context) => {
  const folder = temporary(context)
  const lock = await FolderLock.take(folder, 'one', beat)
  await assert.rejects(
    FolderLock.take(folder, 'two', beat),
    /another gateway keeps its revocations in .*: give each gateway a folder of its own/,
  )
  assert.ok(await lock.holds())
  lock.release()
  assert.deepEqual(readdirSync(folder), [])
  const other = await FolderLock.take(folder, 'two', beat)
  assert.ok(other.isHeld())
  other.release()
})

test('another thread of the same process may have it too', async (context) => {
  const folder = temporary(context)
  const lock = await FolderLock.take(folder, 'one', beat)
  const replacement = await FolderLock.take(folder, 'one', beat)
  assert.ok(await replacement.holds())
  lock.release()
  replacement.release()
})

test('what a gateway left behind that was killed is taken after a while', async (context) => {
  const folder = temporary(context)
  writeFileSync(join(folder, 'lock'), 'gone')
  const lock = await FolderLock.take(folder, 'one', beat)
  assert.equal(readFileSync(join(folder, 'lock'), 'latin1'), 'one')
  lock.release()
  assert.deepEqual(readdirSync(folder), [])
})

test('of two that find such a folder, one has it', async (context) => {
  const folder = temporary(context)
  writeFileSync(join(folder, 'lock'), 'gone')
  const outcomes = await Promise.allSettled([FolderLock.take(folder, 'one', beat), FolderLock.take(folder, 'two', beat)])
  const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value)
  assert.equal(taken.filter((lock) => lock.isHeld()).length, 1)
  for (const lock of taken) lock.release()
})

test('who was stopped for a while sees that the folder is lost, and does not take it back', async (context) => {
  const folder = temporary(context)
  const lock = await FolderLock.take(folder, 'one', beat)
  writeFileSync(join(folder, 'lock'), 'two')
  assert.equal(await lock.holds(), false)
  lock.release()
  assert.equal(readFileSync(join(folder, 'lock'), 'latin1'), 'two')
})
