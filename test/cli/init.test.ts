import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCli } from './run-cli.ts'

test('a new project is sound, and its private key is for its owner alone', async (t) => {
  const folder = join(temporaryFolder(t), 'My Shop')
  const { code, stdout } = await runCli(['init', folder])
  assert.deepEqual([code, stdout], [0, ''])
  assert.match(readFileSync(join(folder, 'postern.yaml'), 'utf8'), /^name: my-shop$/m)
  assert.equal(statSync(join(folder, 'keys', 'dev-private.pem')).mode & 0o777, 0o600)
  assert.match(readFileSync(join(folder, '.gitignore'), 'utf8'), /^keys\/dev-private\.pem$/m)
  const check = await runCli(['check', folder])
  assert.deepEqual([check.code, check.stdout], [0, ''])
})

test('two projects have two keys', async (t) => {
  const folder = temporaryFolder(t)
  const keys = await Promise.all(
    ['a', 'b'].map(async (name) => {
      await runCli(['init', join(folder, name)])
      return readFileSync(join(folder, name, 'keys', 'dev-private.pem'), 'utf8')
    }),
  )
  assert.notEqual(keys[0], keys[1])
})

test('a folder with something in it is left alone', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'notes.txt'), '')
  const { code, stderr } = await runCli(['init', folder])
  assert.equal(code, 2)
  assert.match(stderr, /not empty/)
  assert.deepEqual(readdirSync(folder), ['notes.txt'])
})

test('a definition of one’s own is taken as it is, and asks for tokens where it says nothing', async (t) => {
  const folder = temporaryFolder(t)
  const definition = join(folder, 'my api.json')
  const text = JSON.stringify({ openapi: '3.0.3', info: { title: 'Mine', version: '1' }, paths: { '/a': { get: { responses: {} } } } })
  writeFileSync(definition, text)
  const { code } = await runCli(['init', join(folder, 'project'), '--definition', definition])
  assert.equal(code, 0)
  assert.equal(readFileSync(join(folder, 'project', 'definition.json'), 'utf8'), text)
  const explained = await runCli(['explain', 'GET', '/a', join(folder, 'project')])
  assert.match(explained.stdout, /token: any/)
})

test('what is wrong with a definition of one’s own is told at once', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'api.yaml'), 'openapi: 2.9\n')
  const { code, stderr } = await runCli(['init', join(folder, 'project'), '--definition', join(folder, 'api.yaml')])
  assert.equal(code, 1)
  assert.match(stderr, /api\.yaml:1:\d+ error /)
})

test('a definition that is not there is wrong usage, and nothing is made', async (t) => {
  const folder = temporaryFolder(t)
  const { code } = await runCli(['init', join(folder, 'project'), '--definition', join(folder, 'none.yaml')])
  assert.equal(code, 2)
  assert.deepEqual(readdirSync(folder), [])
})
