import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { parseSettingText, SettingsCollector, withDefaults } from '../../../../src/compiler/model/setting-text.ts'

const at = { file: 'postern.yaml', line: 5, column: 14, pointer: '#/apis/0/backend' }

function parse(text: string, collector = new SettingsCollector(), usedFor = 'backend of petstore') {
  const diagnostics = new Diagnostics()
  const parts = parseSettingText(text, at, usedFor, collector, diagnostics)
  return { parts, settings: collector.settings, codes: diagnostics.sorted.map(({ code }) => code) }
}

test('text without settings is one literal', () => {
  assert.deepEqual(parse('http://127.0.0.1:9000/v2').parts, ['http://127.0.0.1:9000/v2'])
})

test('settings are split from literals and collected', () => {
  const { parts, settings } = parse('http://${HOST}:${PORT:-9000}/v2')
  assert.deepEqual(parts, ['http://', { setting: 'HOST' }, ':', { setting: 'PORT' }, '/v2'])
  assert.deepEqual(
    [...settings.values()],
    [
      { name: 'HOST', default: null, usedFor: ['backend of petstore'], at },
      { name: 'PORT', default: '9000', usedFor: ['backend of petstore'], at },
    ],
  )
})

test('a default may be empty, and may hold a colon and a dash', () => {
  assert.equal(parse('${DIR:-}').settings.get('DIR')?.default, '')
  assert.equal(parse('${URL:-http://a:-b}').settings.get('URL')?.default, 'http://a:-b')
})

test('a dollar sign alone is text', () => {
  assert.deepEqual(parse('http://a/$b$').parts, ['http://a/$b$'])
})

test('malformed settings are refused', () => {
  for (const text of [
    '${',
    '${}',
    '${A',
    '${a}',
    '${A-b}',
    '${A:b}',
    '${1A}',
    '${A:-${B}}',
    '${A:-{}',
    '${ A }',
    '${A}${',
    `\${${'A'.repeat(200)}}`,
  ]) {
    const { parts, codes } = parse(text)
    assert.equal(parts, null, text)
    assert.ok(codes.length > 0 && codes.every((code) => code === 'invalid-setting'), text)
  }
})

test('names that belong to every gateway are reserved', () => {
  assert.deepEqual(parse('${POSTERN_HTTP_PORT}').codes, ['invalid-setting'])
})

test('one setting may be used for several things, each named once', () => {
  const collector = new SettingsCollector()
  parse('${HOST:-a}', collector, 'backend of petstore')
  parse('${HOST:-a}', collector, 'backend of petstore')
  parse('${HOST:-a}', collector, 'backend of orders')
  assert.deepEqual(collector.settings.get('HOST')?.usedFor, ['backend of petstore', 'backend of orders'])
})

test('a setting has one default, whose value no message repeats', () => {
  for (const other of ['${HOST:-s3cret}', '${HOST}']) {
    const collector = new SettingsCollector()
    const diagnostics = new Diagnostics()
    parse('${HOST:-hunter2}', collector)
    parseSettingText(other, at, 'backend', collector, diagnostics)
    const [finding] = diagnostics.sorted
    assert.equal(finding?.code, 'invalid-setting')
    assert.doesNotMatch(finding?.message ?? '', /hunter2|s3cret/)
  }
})

test('names like those of the prototype are only names', () => {
  assert.equal(parse('${__PROTO__:-x}').settings.get('__PROTO__')?.default, 'x')
})

test('defaults take the place of settings; one without default leaves the text unknown', () => {
  const { parts, settings } = parse('http://${HOST:-a}/${REST}')
  assert.equal(withDefaults(parts?.slice(0, 2) ?? [], settings), 'http://a')
  assert.equal(withDefaults(parts ?? [], settings), null)
})
