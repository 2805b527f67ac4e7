import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCli } from './run-cli.ts'
import { sampleProject } from './sample-project.ts'

test('a project and the bundle that it makes look the same', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const [project, bundle] = [await runCli(['inspect', folder]), await runCli(['inspect', join(folder, 'dist')])]
  assert.deepEqual([project.code, project.stderr], [0, ''])
  assert.equal(project.stdout, bundle.stdout)
  for (const text of [
    'Bookshop 1.0.0',
    '/bookshop/v1/books/{id}',
    'token: books:read',
    'Standard + Slow',
    'EC P-256',
    'BACKEND_URL',
    'bookshop.yaml',
    'sha256:',
  ]) {
    assert.ok(bundle.stdout.includes(text), text)
  }
})

test('--json is the manifest', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const { stdout } = await runCli(['inspect', join(folder, 'dist'), '--json'])
  assert.equal(stdout, readFileSync(join(folder, 'dist', 'manifest.json'), 'utf8'))
})

test('an altered bundle is not inspected', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  appendFileSync(join(folder, 'dist', 'gateway.mjs'), '\n')
  const { code, stdout, stderr } = await runCli(['inspect', join(folder, 'dist')])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /altered/)
})

test('nor is one whose Dockerfile is another; an image has none', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const bundle = join(folder, 'dist')
  appendFileSync(join(bundle, 'Dockerfile'), 'USER root\n')
  for (const args of [
    ['inspect', bundle],
    ['explain', 'GET', '/', bundle],
  ]) {
    const { code, stdout, stderr } = await runCli(args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /altered: its Dockerfile/)
  }
  rmSync(join(bundle, 'Dockerfile'))
  assert.equal((await runCli(['inspect', bundle])).code, 0)
})
