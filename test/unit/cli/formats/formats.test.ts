import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnosticsAsGithub } from '../../../../src/cli/formats/github.ts'
import { diagnosticsAsSarif } from '../../../../src/cli/formats/sarif.ts'
import { diagnosticsAsText, tally, visible } from '../../../../src/cli/formats/text.ts'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'

function diagnosticsWith(message: string, file = 'a.yaml'): Diagnostics {
  const diagnostics = new Diagnostics()
  diagnostics.report('unknown-key', { file, line: 3, column: 5, pointer: '#/x' }, message, 'Remove it.')
  return diagnostics
}

test('a diagnostic is a line with its place, and a hint below', () => {
  const text = diagnosticsAsText(diagnosticsWith('no such key'), (_style, part) => part)
  assert.equal(text, 'a.yaml:3:5 error unknown-key no such key\n    hint: Remove it.\n')
})

test('what would steer a terminal is made visible', () => {
  assert.equal(visible('a\u001b[31m\r\n\u009b\u202eb'), 'a\\u{1b}[31m\\u{d}\\u{a}\\u{9b}\\u{202e}b')
  assert.equal(visible('a\u061c\u200e\u200fb'), 'a\\u{61c}\\u{200e}\\u{200f}b')
  const github = diagnosticsAsGithub(diagnosticsWith('a\u001b[31m\u202eb', 'c\u001b\u202e.yaml'), '')
  assert.equal(github, '::error file=c\\u{1b}\\u{202e}.yaml,line=3,col=5,title=unknown-key::a\\u{1b}[31m\\u{202e}b. Remove it.\n')
  assert.equal(visible('plain, “quoted”, 日本'), 'plain, “quoted”, 日本')
})

test('what takes no room is made visible: another name does not look like this one', () => {
  assert.equal(visible('ac\u200bme\u00ad\ufeff\u2060\u{e0041}\u3164'), 'ac\\u{200b}me\\u{ad}\\u{feff}\\u{2060}\\u{e0041}\\u{3164}')
})

test('the tally counts by severity', () => {
  const diagnostics = diagnosticsWith('x')
  assert.equal(tally(diagnostics), '1 error')
  diagnostics.report('unused-tier', { file: 'b.yaml', line: 1, column: 1, pointer: '#' }, 'y')
  diagnostics.report('unused-tier', { file: 'b.yaml', line: 2, column: 1, pointer: '#' }, 'y')
  assert.equal(tally(diagnostics), '1 error, 2 warnings')
  assert.equal(tally(new Diagnostics()), 'no findings')
})

test('text from a definition cannot end a GitHub command', () => {
  const text = diagnosticsAsGithub(diagnosticsWith('one\n::set-env::two', 'b,c:d.yaml'), 'services/shop')
  assert.equal(text, '::error file=services/shop/b%2Cc%3Ad.yaml,line=3,col=5,title=unknown-key::one\\u{a}::set-env::two. Remove it.\n')
})

test('SARIF names files by relative URI', () => {
  const log = JSON.parse(diagnosticsAsSarif(diagnosticsWith('x', 'a b.yaml'), 'shop'))
  const [result] = log.runs[0].results
  assert.equal(result.message.text, 'x. Remove it.')
  const { physicalLocation } = result.locations[0]
  assert.deepEqual(physicalLocation, { artifactLocation: { uri: 'shop/a%20b.yaml' }, region: { startLine: 3, startColumn: 5 } })
})

test('text from a definition is no link in SARIF', () => {
  const log = JSON.parse(diagnosticsAsSarif(diagnosticsWith('see [here](https://evil.example)\u202e, a[0]'), ''))
  assert.equal(log.runs[0].results[0].message.text, 'see [here\\](https://evil.example)\\u{202e}, a[0]. Remove it.')
})
