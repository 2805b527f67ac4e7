/**
 * Folder for folder: a project, and what the compiler makes of it. `UPDATE_GOLDEN=1 node --test test/golden/golden.test.ts` writes what
 * is made now to the folders' `expected`; the difference is then for a person to read.
 */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { diagnosticsAsText } from '../../src/cli/formats/text.ts'
import { compile, examine } from '../../src/compiler/compile.ts'
import { emit } from '../../src/compiler/emit/emit.ts'
import { neededCapabilities } from '../../src/compiler/plan/capabilities.ts'
import { makePlan } from '../../src/compiler/plan/make-plan.ts'

const update = process.env.UPDATE_GOLDEN === '1'
const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory())

for (const { name } of folders) {
  test(`golden: ${name}`, async () => {
    const folder = join(import.meta.dirname, name)
    const made = await filesMadeOf({ projectFolder: folder, now: new Date('2026-01-01T00:00:00Z') })
    const expected = join(folder, 'expected')
    if (update) write(expected, made)
    assert.deepEqual(readdirSync(expected).toSorted(), [...made.keys()].toSorted())
    for (const [file, text] of made) assert.equal(text, readFileSync(join(expected, file), 'utf8'), file)
  })
}

async function filesMadeOf(request: Parameters<typeof compile>[0]): Promise<ReadonlyMap<string, string>> {
  const { diagnostics, project } = examine(request)
  const made = new Map([['diagnostics.txt', diagnosticsAsText(diagnostics, (_style, text) => text)]])
  const result = await compile(request)
  if (project === null || result.kind === 'rejected') return made
  const { plan } = makePlan(project)
  made.set('plan.json', `${JSON.stringify(plan, null, 2)}\n`)
  made.set('entry.ts', emit(plan, neededCapabilities(plan))['entry.ts'])
  // The gateway's digest changes with every line of the gateway, and says nothing about this project.
  made.set('manifest.json', `${JSON.stringify({ ...result.manifest, digest: '' }, null, 2)}\n`)
  return made
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [file, text] of files) writeFileSync(join(folder, file), text)
}
