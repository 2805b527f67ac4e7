import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectNameFor } from '../../../src/cli/project-scaffold.ts'

test('a project is named for its folder, as a DNS label', () => {
  assert.equal(projectNameFor('Book Shop!'), 'book-shop')
  assert.equal(projectNameFor('-x-'), 'x')
  assert.equal(projectNameFor('日本'), 'gateway')
  assert.equal(projectNameFor(`${'a'.repeat(62)}-b`), 'a'.repeat(62))
})
