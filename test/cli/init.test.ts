import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCli } from './run-cli.ts'
import { writeProjectFile } from './sample-project.ts'

test('a new project is sound, and its private key is for its owner alone', async (t) => {
  const folder = join(temporaryFolder(t), 'My Shop')
  const { code, stdout } = await runCli(['init', folder])
  assert.deepEqual([code, stdout], [0, ''])
  assert.match(readFileSync(join(folder, 'postern.yaml'), 'utf8'), /^name: "my-shop"$/m)
  assert.equal(statSync(join(folder, 'keys', 'dev-private.pem')).mode & 0o777, 0o600)
  assert.match(readFileSync(join(folder, '.gitignore'), 'utf8'), /^keys\/dev-private\.pem$/m)
  const check = await runCli(['check', folder])
  assert.deepEqual([check.code, check.stdout], [0, ''])
})

test('the name of a folder that looks like a number or a truth value is the project’s name all the same', async (t) => {
  const parent = temporaryFolder(t)
  for (const name of ['2026', 'true', 'null', '1e3', '0x1f']) {
    const { code, stderr } = await runCli(['init', join(parent, name)])
    assert.equal(code, 0, `${name}: ${stderr}`)
    assert.match(readFileSync(join(parent, name, 'postern.yaml'), 'utf8'), new RegExp(`^name: "${name}"$`, 'm'))
  }
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

test('the files that a definition of one’s own refers to come with it, those that they refer to as well', async (t) => {
  const folder = temporaryFolder(t)
  const parts = {
    'openapi.yaml': [
      'openapi: 3.0.3',
      'info: { title: Spots, version: "1" }',
      'servers: [{ url: "https://spots.example" }]',
      'paths:',
      '  /pay: { $ref: paths/pay.yaml }',
      '',
    ].join('\n'),
    'paths/pay.yaml':
      "post: { responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '../schemas/spot.yaml#/Spot' } } } } } }\n",
    'schemas/spot.yaml': "Spot: { properties: { size: { $ref: 'size.yaml' } } }\n",
    'schemas/size.yaml': 'type: integer\n',
  }
  for (const [path, content] of Object.entries(parts)) writeProjectFile(join(folder, 'api'), path, content)
  writeProjectFile(join(folder, 'api'), 'notes.yaml', 'nobody refers to this\n')
  const project = join(folder, 'project')
  const { code, stderr } = await runCli(['init', project, '--definition', join(folder, 'api', 'openapi.yaml')])
  assert.equal(code, 0, stderr)
  for (const [path, content] of Object.entries(parts)) assert.equal(readFileSync(join(project, path), 'utf8'), content)
  assert.match(stderr, /^Copied paths\/pay\.yaml/m)
  assert.ok(!readdirSync(project).includes('notes.yaml'))
  assert.equal((await runCli(['build', project])).code, 0)
})

test('no file of a definition takes the place of the project’s own, and none is fetched from elsewhere; both are told', async (t) => {
  const folder = temporaryFolder(t)
  const refs = ['policies.yaml', 'Postern.yaml', 'keys/dev.jwks.json', '../shared/other.yaml'].map(
    (file, index) => `  /${index}: { $ref: ${file} }\n`,
  )
  writeProjectFile(folder, 'api/openapi.yaml', `openapi: 3.0.3\ninfo: { title: T, version: "1" }\npaths:\n${refs.join('')}`)
  for (const file of ['api/policies.yaml', 'api/Postern.yaml', 'api/keys/dev.jwks.json', 'shared/other.yaml']) {
    writeProjectFile(folder, file, '{ "get": { "responses": {} } }')
  }
  const project = join(folder, 'project')
  const { code, stderr } = await runCli(['init', project, '--definition', join(folder, 'api', 'openapi.yaml')])
  assert.equal(code, 1)
  for (const path of ['policies.yaml', 'Postern.yaml', 'keys/dev.jwks.json']) assert.ok(stderr.includes(`Not copied: ${path}, which`), path)
  assert.match(stderr, /^Not copied: openapi\.yaml:7: `\.\.\/shared\/other\.yaml` .*Copy the file into the project/m)
  assert.ok(!readdirSync(project).includes('policies.yaml'))
  assert.match(readFileSync(join(project, 'postern.yaml'), 'utf8'), /^name: "project"$/m)
  assert.match(readFileSync(join(project, 'keys', 'dev.jwks.json'), 'utf8'), /"kid": "dev"/)
})

test('a folder is no definition, and is named', async (t) => {
  const folder = temporaryFolder(t)
  const { code, stderr } = await runCli(['init', join(folder, 'project'), '--definition', folder])
  assert.equal(code, 2)
  assert.ok(stderr.includes(`${folder} is a folder.`), stderr)
  assert.deepEqual(readdirSync(folder), [])
})

test('of a .proto file no project is made', async (t) => {
  const folder = temporaryFolder(t)
  const definition = join(folder, 'shop.proto')
  writeFileSync(definition, 'service Shop {}')
  const { code, stderr } = await runCli(['init', join(folder, 'project'), '--definition', definition])
  assert.equal(code, 2)
  assert.match(stderr, /is a \.proto file[\s\S]*docs\/grpc\.md/)
  assert.deepEqual(readdirSync(folder), ['shop.proto'])
})
