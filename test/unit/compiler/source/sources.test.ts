import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { Sources } from '../../../../src/compiler/source/sources.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { plainValue } from './parsed.ts'

const asked = { file: 'postern.yaml', line: 3, column: 5, pointer: '#/x' }

function project(t: TestContext): { folder: string; sources: Sources; diagnostics: Diagnostics; codes: () => readonly string[] } {
  const folder = join(temporaryFolder(t), 'project')
  mkdirSync(folder)
  const diagnostics = new Diagnostics()
  const codes = (): readonly string[] => diagnostics.sorted.map(({ code, at }) => `${at.file}:${at.line} ${code}`)
  return { folder, sources: new Sources(folder, diagnostics), diagnostics, codes }
}

test('a file is read and parsed once, and recorded with its digest', (t) => {
  const { folder, sources, codes } = project(t)
  writeFileSync(join(folder, 'b.yaml'), 'a: 1\n')
  writeFileSync(join(folder, 'a.pem'), 'key')
  const first = sources.document('b.yaml', asked)
  assert.deepEqual(plainValue(first), new Map([['a', 1]]))
  writeFileSync(join(folder, 'b.yaml'), 'a: 2\n')
  assert.equal(sources.document('./x/../b.yaml', asked), first)
  assert.equal(sources.bytes('a.pem', asked)?.toString(), 'key')
  assert.deepEqual(sources.inputs, [
    { file: 'a.pem', digest: 'sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683' },
    { file: 'b.yaml', digest: 'sha256:37b128c59f1f5097f73f82691cb519f1f568667faab5ced1b4ab979d36837eae' },
  ])
  assert.deepEqual(codes(), [])
})

test('a byte order mark is left out, and columns count without it', (t) => {
  const { folder, sources } = project(t)
  writeFileSync(join(folder, 'a.json'), '\ufeff{"a": 1}')
  const document = sources.document('a.json', asked)
  assert.equal(document?.at.column, 1)
  assert.deepEqual(plainValue(document), new Map([['a', 1]]))
})

test('what cannot be read is reported each time, where it is asked for', (t) => {
  const { folder, sources, codes } = project(t)
  mkdirSync(join(folder, 'folder'))
  assert.equal(sources.document('none.yaml', asked), null)
  assert.equal(sources.document('none.yaml', { ...asked, line: 4 }), null)
  assert.equal(sources.bytes('folder', { ...asked, line: 5 }), null)
  assert.deepEqual(codes(), ['postern.yaml:3 unreadable-file', 'postern.yaml:4 unreadable-file', 'postern.yaml:5 unreadable-file'])
  assert.deepEqual([sources.has('none.yaml'), sources.has('folder'), sources.has('../x')], [false, true, true])
  assert.deepEqual(sources.inputs, [])
})

test('a pipe is refused, and nobody waits for it', { skip: process.platform === 'win32' }, (t) => {
  const { folder, sources, codes } = project(t)
  spawnSync('mkfifo', [join(folder, 'pipe.yaml')])
  assert.equal(sources.document('pipe.yaml', asked), null)
  assert.deepEqual(codes(), ['postern.yaml:3 unreadable-file'])
})

test('a link out of the project is refused, and so is one in a folder above the file', (t) => {
  const { folder, sources, codes } = project(t)
  writeFileSync(join(folder, '..', 'secret.yaml'), 'secret: 1\n')
  mkdirSync(join(folder, '..', 'project-neighbour'))
  writeFileSync(join(folder, '..', 'project-neighbour', 'a.yaml'), 'secret: 1\n')
  symlinkSync('../secret.yaml', join(folder, 'link.yaml'))
  symlinkSync('../project-neighbour', join(folder, 'linked'))
  for (const name of ['link.yaml', 'linked/a.yaml', '../secret.yaml', 'x/../../secret.yaml', join(folder, 'link.yaml')]) {
    assert.equal(sources.document(name, asked), null, name)
  }
  assert.deepEqual(new Set(codes()), new Set(['postern.yaml:3 outside-project']))
  assert.deepEqual(sources.inputs, [])
})

test('a link inside the project is followed', (t) => {
  const { folder, sources, codes } = project(t)
  writeFileSync(join(folder, 'real.yaml'), 'a: 1\n')
  symlinkSync('real.yaml', join(folder, 'link.yaml'))
  assert.deepEqual(plainValue(sources.document('link.yaml', asked)), new Map([['a', 1]]))
  assert.deepEqual(codes(), [])
})

test('a project folder may itself be a link', (t) => {
  const { folder, diagnostics } = project(t)
  writeFileSync(join(folder, 'a.yaml'), 'a: 1\n')
  symlinkSync('project', join(folder, '..', 'alias'))
  assert.notEqual(new Sources(join(folder, '..', 'alias'), diagnostics).document('a.yaml', asked), null)
})

test('a name that no file system takes is refused', (t) => {
  const { sources, codes } = project(t)
  for (const name of ['a\0b.yaml', `${'a'.repeat(5000)}.yaml`]) {
    assert.equal(sources.document(name, asked), null)
  }
  assert.deepEqual(codes(), ['postern.yaml:3 unreadable-file', 'postern.yaml:3 unreadable-file'])
})
