/** What strangers' text becomes in the report of an import. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importReport } from '../../../../src/cli/wso2/report.ts'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'

/** The last cell of its row. */
function shown(how: string): string | undefined {
  const report = importReport('x', [{ what: 'a', at: 'b', kind: 'carried', how }], new Diagnostics())
  return /^\| a \| b \| (.*) \|$/m.exec(report)?.[1]
}

test('code stays as it is written, and the text around it is no markup', () => {
  assert.equal(shown('write `image: <name@digest>` for a < b'), 'write `image: <name@digest>` for a &lt; b')
  assert.equal(shown('`&lt;` is written &lt; or a & b, in C:\\dir or \\<'), '`&lt;` is written &amp;lt; or a & b, in C:\\dir or &#92;&lt;')
})

test('nothing ends a cell or begins code that is not ours', () => {
  assert.equal(shown('a | b \\| c'), 'a \\| b &#92;\\| c')
  assert.equal(shown('one ` and <b>'), 'one &#96; and &lt;b>')
  assert.equal(shown('`a | <b>`'), 'a &#124; &#60;b&#62;')
})
