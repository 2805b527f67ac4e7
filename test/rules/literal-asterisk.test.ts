import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, soundFiles } from './check-project.ts'

test('an asterisk in a path is no wildcard', () => {
  for (const path of ['/*', '/a/*', '/a*b/{id}', '/{id}*']) {
    const parameters = path.includes('{id}') ? 'parameters: [{ in: path, name: id }], ' : ''
    const found = diagnose(apiWith(`paths:\n  ${path}: { ${parameters}get: { security: [] } }\n`))
    assert.deepEqual(
      found,
      [`api.yaml:4:3 warning literal-asterisk #/paths/${path.replaceAll('/', '~1').replaceAll(/[{}]/g, encodeURIComponent)}`],
      path,
    )
  }
})

test('one in the name of a parameter, or behind an escape, is not meant as one', () => {
  const found = diagnose(
    apiWith('paths:\n  /a/{id*}: { parameters: [{ in: path, name: "id*" }], get: { security: [] } }\n  /%2A: { get: { security: [] } }\n'),
  )
  assert.deepEqual(found, [])
})

test('a path that is meant so can be waived', () => {
  const waiver = 'waivers: [{ rule: literal-asterisk, at: "#/paths/~1*", reason: it is one, until: 2027-01-01 }]\n'
  const files = apiWith('paths:\n  /*: { get: { security: [] } }\n', { 'postern.yaml': soundFiles['postern.yaml'] + waiver })
  assert.deepEqual(diagnose(files), [])
})
