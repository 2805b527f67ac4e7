import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type DiagnosticCode, diagnosticCodes } from '../../src/compiler/diagnostic-codes.ts'

const text = readFileSync(new URL('../../docs/diagnostics.md', import.meta.url), 'utf8')
const sections = new Map(
  text
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split(/^## /m)[0]?.split('\n') ?? []
      return [heading, lines.join('\n').trim()]
    }),
)
const codes = Object.keys(diagnosticCodes) as DiagnosticCode[]

test('docs/diagnostics.md has every code, in the table’s order, and no other', () => {
  assert.deepEqual([...sections.keys()], codes)
})

test('each section says the severity, what it means, gives an example, and says what to do', () => {
  for (const code of codes) {
    const { severity, waivable } = diagnosticCodes[code]
    const [stated, ...rest] = sections.get(code)?.split('\n\n') ?? []
    assert.equal(stated, severity === 'error' && waivable ? 'error · can be waived' : severity, code)
    const shape = rest.map((paragraph) => (paragraph.startsWith('```') ? 'example' : 'text'))
    assert.deepEqual(shape, ['text', 'example', 'text'], code)
  }
})
