import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Exposition, expositionText, type Family } from '../../../../src/gateway/observability/exposition.ts'
import { mergeFamilies, onlyCounted } from '../../../../src/gateway/observability/merge-families.ts'

function thread(write: (out: Exposition) => void): readonly Family[] {
  const out = new Exposition()
  write(out)
  // As it comes from another thread.
  return structuredClone(out.families)
}

function samples(families: readonly Family[]): string {
  return expositionText(families).replaceAll(/^#.*\n/gm, '')
}

test('samples of the same labels are added, others stand beside each other', () => {
  const one = thread((out) => {
    out.family('a', 'counter', 'A.')
    out.sample('a', { x: '1' }, 2)
  })
  const two = thread((out) => {
    out.family('a', 'counter', 'A.')
    out.sample('a', { x: '1' }, 3)
    out.sample('a', { x: '2' }, 1)
    out.single('b', 'gauge', 'B.', 7)
  })
  assert.equal(
    expositionText(mergeFamilies([one, two])),
    '# HELP a A.\n# TYPE a counter\na{x="1"} 5\na{x="2"} 1\n# HELP b B.\n# TYPE b gauge\nb 7\n',
  )
  assert.equal(samples(one), 'a{x="1"} 2\n', 'what was merged is as it was')
})

test('what all threads see is not added, and what is the process’s is the main thread’s', () => {
  const threads = [3, 9, 4].map((value) =>
    thread((out) => {
      out.single('shared', 'counter', 'Shared.', value, 'largest')
      out.single('process', 'gauge', 'Process.', value, 'first')
    }),
  )
  assert.equal(samples(mergeFamilies(threads)), 'shared 9\nprocess 3\n')
})

test('of a thread that has ended stays what it counted', () => {
  const ended = thread((out) => {
    out.single('counted', 'counter', 'Counted.', 5)
    out.single('open', 'gauge', 'Open.', 2)
    out.single('cpu', 'counter', 'Process.', 9, 'first')
    out.family('took', 'histogram', 'Took.')
    out.sample('took_bucket', { le: '+Inf' }, 1)
  })
  assert.equal(samples(onlyCounted(ended)), 'counted 5\ntook_bucket{le="+Inf"} 1\n')
})
