import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { NodeAccess } from '../../../../src/compiler/source/node-access.ts'
import type { SourceNode } from '../../../../src/compiler/source/source-node.ts'
import { below, yaml } from './parsed.ts'

const diagnostics = new Diagnostics()
const access = new NodeAccess(diagnostics, 'invalid-project')
const { node } = yaml('text: a\nempty: ""\nnumber: 4\nlist: [1]\nmapping: {}\nnothing:\nflag: true\n')
const at = (key: string): SourceNode => below(node, key)
const messages = (): readonly string[] => diagnostics.sorted.map(({ message }) => message)

test('values of the right kind are returned, and nothing is reported', () => {
  assert.equal(access.text(at('text')), 'a')
  assert.equal(access.boolean(at('flag')), true)
  assert.equal(access.integer(at('number'), 1, 4), 4)
  assert.equal(access.oneOf(at('text'), ['a', 'b']), 'a')
  assert.equal(access.array(at('list')), at('list'))
  assert.equal(access.object(at('mapping')), at('mapping'))
  assert.deepEqual(messages(), [])
})

test('anything else is reported in one way, without repeating text that may be a secret; a choice is none', () => {
  assert.equal(access.text(at('number')), null)
  assert.equal(access.text(at('empty')), null)
  assert.equal(access.boolean(at('text')), null)
  assert.equal(access.integer(at('number'), 5, 9), null)
  assert.equal(access.array(at('mapping')), null)
  assert.equal(access.object(at('list')), null)
  assert.equal(access.object(at('nothing')), null)
  assert.equal(access.text(below(node, 'list', 0)), null)
  assert.equal(access.oneOf(at('text'), ['aa', 'b']), null)
  assert.deepEqual(messages(), [
    '`text` must be `true` or `false`, and is text',
    '`text` must be one of `aa`, `b`, and is `a`',
    '`empty` must be text that is not empty',
    '`number` must be a whole number from 5 to 9, and is the number 4',
    '`number` must be text, and is the number 4',
    '`list` must be a mapping, and is a list',
    'an item of `list` must be text, and is the number 1',
    '`mapping` must be a list, and is a mapping',
    '`nothing` must be a mapping, and is empty',
  ])
})

test('a key that is required and missing is reported at the object', () => {
  assert.ok(node?.kind === 'object')
  assert.equal(
    access.optional(node, 'other', (value) => access.text(value)),
    null,
  )
  assert.equal(
    access.required(node, 'other', (value) => access.text(value)),
    null,
  )
  assert.equal(messages().includes('`other` is missing'), true)
})
