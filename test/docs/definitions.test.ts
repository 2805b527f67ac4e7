/** docs/definitions.md has every extension with its levels and what of it is supported, and no other. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { extensions } from '../../src/compiler/model/extensions.ts'
import { backendKeys } from '../../src/compiler/model/written-backend.ts'
import { posternKeys } from '../../src/compiler/model/x-postern.ts'
import { yamlNode } from '../unit/compiler/model/yaml-node.ts'
import { codeSpan, codeSpans, readDocument, rowsOf, section } from './markdown.ts'

const document = readDocument('docs/definitions.md')

/** Values of every shape that an extension may have. */
const samples = ['true', 'text', '[http]', '[https]', '{}', '{ enabled: false }', '{ enabled: true }'].map((text) => yamlNode(text).node)

function support(supported: (value: (typeof samples)[number]) => boolean): string {
  const answers = new Set(samples.map(supported))
  return answers.size > 1 ? 'partly' : answers.has(true) ? 'yes' : 'not yet'
}

test('docs/definitions.md has every extension, and no other', () => {
  const documented = rowsOf(document, 'Extension').map((row) => [codeSpan(row.Extension ?? ''), row.Levels, row.Support])
  const known = [...extensions].map(([name, { levels, supported }]) => [name, levels.join(', '), support(supported)])
  assert.deepEqual(documented.toSorted(), known.toSorted())
})

test('docs/definitions.md has every key of x-postern, and no other', () => {
  const documented = rowsOf(document, '`x-postern` key').map((row) => [codeSpan(row['`x-postern` key'] ?? ''), row.Levels, row.Support])
  const known = [...posternKeys].map(([name, { levels, supported }]) => [name, levels.join(', '), supported ? 'yes' : 'not yet'])
  assert.deepEqual(documented.toSorted(), known.toSorted())
})

test('docs/definitions.md has every key of a backend, and so has the schema, and no other', () => {
  const table = rowsOf(section(document, 'More than a URL'), 'Key')
  const schema = JSON.parse(readFileSync(new URL('../../schemas/postern.schema.json', import.meta.url), 'utf8'))
  assert.deepEqual(table.flatMap((row) => codeSpans(row.Key ?? '')).toSorted(), backendKeys.toSorted())
  assert.deepEqual(Object.keys(schema.$defs.backendObject.properties).toSorted(), backendKeys.toSorted())
})
