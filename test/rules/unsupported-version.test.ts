import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

const diagnoseVersion = (line: string): readonly string[] =>
  diagnose({ ...soundFiles, 'api.yaml': soundFiles['api.yaml'].replace('openapi: 3.0.3', line) })

test('other versions are refused where they are written', () => {
  for (const version of ['3.2.0', '2.0', '4.0.0', '3', '3.0.3.1', 'latest']) {
    assert.deepEqual(diagnoseVersion(`openapi: ${version}`), ['api.yaml:1:10 error unsupported-version #/openapi'], version)
  }
  assert.deepEqual(diagnoseVersion('swagger: "1.2"'), ['api.yaml:1:10 error unsupported-version #/swagger'])
})

test('a document without a version, or with two, is refused', () => {
  assert.deepEqual(diagnoseVersion('asyncapi: 3.0.0'), ['api.yaml:1:1 error unsupported-version #'])
  assert.deepEqual(diagnoseVersion('openapi: 3.0.3\nswagger: "2.0"'), ['api.yaml:2:10 error unsupported-version #/swagger'])
})

test('a known version may be written without quotes', () => {
  for (const line of ['openapi: 3.0', 'openapi: 3.1.1', 'swagger: 2.0']) assert.deepEqual(diagnoseVersion(line), [], line)
})
