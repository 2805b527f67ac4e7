import assert from 'node:assert/strict'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { definitionNameFor, readOwnDefinition } from '../../../src/cli/own-definition.ts'
import { writeProjectFile } from '../../cli/sample-project.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

test('a definition keeps its name where that is plain and free', () => {
  assert.equal(definitionNameFor('petstore.YAML'), 'petstore.yaml')
  assert.equal(definitionNameFor('api.v2.json'), 'api.v2.json')
  assert.equal(definitionNameFor('postern.yaml'), 'definition.yaml')
  assert.equal(definitionNameFor('policies.yaml'), 'definition.yaml')
  assert.equal(definitionNameFor('README.md'), 'README.md.yaml')
  assert.equal(definitionNameFor("a: 'b.json"), 'definition.json')
})

test('a definition that gets another name keeps the old one, too, where a file refers to it', (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'my api.yaml'), 'openapi: 3.0.3\npaths:\n  /a: { $ref: a.yaml }\ncomponents: { schemas: { A: {} } }\n')
  writeProjectFile(folder, 'a.yaml', 'get: { responses: {} }\n')
  const files = (): readonly string[] => readOwnDefinition(join(folder, 'my api.yaml')).referenced.map(({ path }) => path)
  assert.deepEqual(files(), ['a.yaml'])
  writeProjectFile(folder, 'a.yaml', "get: { x: { $ref: 'my%20api.yaml#/components/schemas/A' } }\n")
  assert.deepEqual(files(), ['a.yaml', 'my api.yaml'])
})

test('a link to a definition brings the files beside what it leads to; a file behind a link out of the folder is left out', (t) => {
  const folder = temporaryFolder(t)
  writeProjectFile(folder, 'api/openapi.yaml', 'openapi: 3.0.3\npaths:\n  /a: { $ref: a.yaml }\n  /b: { $ref: b.yaml }\n')
  writeProjectFile(folder, 'api/a.yaml', 'get: { responses: {} }\n')
  writeProjectFile(folder, 'elsewhere.yaml', 'get: { responses: {} }\n')
  symlinkSync('../elsewhere.yaml', join(folder, 'api', 'b.yaml'))
  symlinkSync('api/openapi.yaml', join(folder, 'latest.yaml'))
  const { file, referenced, leavingFolder } = readOwnDefinition(join(folder, 'latest.yaml'))
  assert.deepEqual([file, referenced.map(({ path }) => path)], ['latest.yaml', ['a.yaml']])
  assert.deepEqual(leavingFolder, ['openapi.yaml:4: `b.yaml` is not inside the folder of the definition'])
})
