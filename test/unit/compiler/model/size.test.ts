import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatSize, parseSize, sizeAt } from '../../../../src/compiler/model/size.ts'
import { yamlNode } from './yaml-node.ts'

test('every unit of a size is read as bytes', () => {
  const sizes = ['512B', '1kB', '1KB', '10MB', '2GB', '16KiB', '10MiB', '1GiB'].map(parseSize)
  assert.deepEqual(sizes, [512, 1000, 1000, 10_000_000, 2_000_000_000, 16_384, 10_485_760, 1_073_741_824])
})

test('what is no size gives null', () => {
  for (const text of ['', '16', 'KiB', '16 KiB', '-1B', '1.5MB', '16kib', '16Ki', '999999999999GiB'])
    assert.equal(parseSize(text), null, text)
})

test('a size is written in the largest binary unit that divides it', () => {
  assert.deepEqual([0, 1000, 1024, 1536, 10_485_760].map(formatSize), ['0B', '1000B', '1KiB', '1536B', '10MiB'])
})

test('a size at a node is bounded', () => {
  const { node, access, diagnostics } = yamlNode('16KiB')
  assert.equal(sizeAt(node, 0, 16_384, access), 16_384)
  assert.equal(sizeAt(node, 0, 16_383, access), null)
  assert.deepEqual(
    diagnostics.sorted.map(({ code }) => code),
    ['invalid-project'],
  )
})
