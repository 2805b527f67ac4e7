import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'

test('a setting that is malformed', () => {
  const files = projectWith('    sandboxBackend: http://${sandbox}/\n')
  assert.deepEqual(diagnose(files), ['postern.yaml:6:21 error invalid-setting #/apis/0/sandboxBackend'])
  assert.equal(findings(files)[0]?.message, 'the name of a setting is missing or malformed')
})

test('a setting with two defaults, neither of which is repeated', () => {
  const files = projectWith(`    sandboxBackend: http://\${HOST:-10.0.0.1}/
  - definition: b.yaml
    backend: http://\${HOST:-10.0.0.2}/
`)
  const found = findings({
    ...files,
    'b.yaml': 'openapi: 3.0.3\ninfo: { title: B, version: "1" }\npaths: { /b: { get: { security: [] } } }\n',
  })
  assert.deepEqual(
    found.map(({ code, at, message }) => [code, at.pointer, message]),
    [['invalid-setting', '#/apis/1/backend', 'the setting `HOST` has another default here and another default at postern.yaml:6']],
  )
})
