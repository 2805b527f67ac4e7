import assert from 'node:assert/strict'
import fs, { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { projectChanges } from '../../../src/cli/watch-project.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

test('a folder that goes away while the project is looked through, as a bundle does that is replaced, ends nothing', async (t) => {
  const project = temporaryFolder(t)
  for (const name of ['gone', 'stays']) mkdirSync(join(project, name))
  const readdir = fs.readdirSync
  t.mock.method(fs, 'readdirSync', (...parameters: Parameters<typeof readdir>) => {
    const entries = readdir(...parameters)
    if (parameters[0] === project) rmSync(join(project, 'gone'), { recursive: true, force: true })
    return entries
  })
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  const stop = new AbortController()
  const changes = projectChanges(project, join(project, 'dist'), stop.signal)[Symbol.asyncIterator]()
  writeFileSync(join(project, 'stays', 'file'), 'text')
  assert.equal((await changes.next()).done, false)
  stop.abort()
  assert.equal((await changes.next()).done, true)
})
