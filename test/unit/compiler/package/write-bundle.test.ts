import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BundleTargetError, withChecksums, writeBundle } from '../../../../src/compiler/package/write-bundle.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

const first = withChecksums({
  'gateway.mjs': 'first',
  'manifest.json': '{}',
  Dockerfile: 'FROM x',
  'sbom.cdx.json': '{}',
  'provenance.json': '{}',
})
const second = { ...first, 'gateway.mjs': 'second' }

test('files have the same modes whatever the umask', async (t) => {
  const folder = temporaryFolder(t)
  const umask = process.umask(0o077)
  t.after(() => process.umask(umask))
  await writeBundle(join(folder, 'dist'), first)
  assert.equal(statSync(join(folder, 'dist')).mode & 0o777, 0o755)
  for (const name of Object.keys(first)) assert.equal(statSync(join(folder, 'dist', name)).mode & 0o777, 0o644)
})

test('a bundle replaces the last one, and nothing else is left', async (t) => {
  const folder = temporaryFolder(t)
  const target = join(folder, 'deep', 'dist')
  await writeBundle(target, first)
  await writeBundle(target, second)
  assert.equal(readFileSync(join(target, 'gateway.mjs'), 'utf8'), 'second')
  assert.deepEqual(readdirSync(join(folder, 'deep')), ['dist'])
})

test('a folder with something else in it is not replaced', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'thesis.txt'), 'years of work')
  await assert.rejects(writeBundle(folder, first), (error) => error instanceof BundleTargetError && /thesis\.txt/.test(error.message))
  assert.deepEqual(readdirSync(folder), ['thesis.txt'])
})

test('a file is not replaced by a folder', async (t) => {
  const file = join(temporaryFolder(t), 'dist')
  writeFileSync(file, 'a file')
  await assert.rejects(writeBundle(file, first), BundleTargetError)
})

test('a bundle that cannot be written leaves the last one whole, and nothing else', async (t) => {
  const folder = temporaryFolder(t)
  await writeBundle(join(folder, 'dist'), first)
  const unwritable = { ...second, Dockerfile: undefined } as unknown as typeof second
  await assert.rejects(writeBundle(join(folder, 'dist'), unwritable))
  assert.equal(readFileSync(join(folder, 'dist', 'gateway.mjs'), 'utf8'), 'first')
  assert.deepEqual(readdirSync(folder), ['dist'])
})

test('an empty folder may become a bundle', async (t) => {
  const target = join(temporaryFolder(t), 'dist')
  mkdirSync(target)
  await writeBundle(target, first)
  assert.equal(readFileSync(join(target, 'gateway.mjs'), 'utf8'), 'first')
})

test('SHA256SUMS is what sha256sum checks', async (t) => {
  const folder = join(temporaryFolder(t), 'dist')
  await writeBundle(folder, first)
  const lines = first.SHA256SUMS.trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => line.slice(66)),
    ['Dockerfile', 'gateway.mjs', 'manifest.json', 'provenance.json', 'sbom.cdx.json'],
  )
  const run = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })
  if (run.error !== undefined) return t.skip('there is no sha256sum')
  assert.deepEqual(
    [run.status, run.stdout],
    [0, 'Dockerfile: OK\ngateway.mjs: OK\nmanifest.json: OK\nprovenance.json: OK\nsbom.cdx.json: OK\n'],
  )
})
