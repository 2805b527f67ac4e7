import assert from 'node:assert/strict'
import { test } from 'node:test'
import { definitionNameFor, projectNameFor } from '../../../src/cli/project-scaffold.ts'

test('a project is named for its folder, as a DNS label', () => {
  assert.equal(projectNameFor('Book Shop!'), 'book-shop')
  assert.equal(projectNameFor('-x-'), 'x')
  assert.equal(projectNameFor('日本'), 'gateway')
  assert.equal(projectNameFor(`${'a'.repeat(62)}-b`), 'a'.repeat(62))
})

test('a definition keeps its name where that is plain and free', () => {
  assert.equal(definitionNameFor('petstore.YAML'), 'petstore.yaml')
  assert.equal(definitionNameFor('api.v2.json'), 'api.v2.json')
  assert.equal(definitionNameFor('postern.yaml'), 'definition.yaml')
  assert.equal(definitionNameFor('policies.yaml'), 'definition.yaml')
  assert.equal(definitionNameFor('README.md'), 'README.md.yaml')
  assert.equal(definitionNameFor("a: 'b.json"), 'definition.json')
})
