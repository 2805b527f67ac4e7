import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'

test('a waiver of what is not found', () => {
  const files = projectWith('waivers:\n  - { rule: path-with-fragment, at: "#/paths/~1pets", reason: legacy, until: 2027-06-30 }\n')
  assert.deepEqual(diagnose(files), ['postern.yaml:7:5 error waiver-useless #/waivers/0'])
  assert.equal(findings(files)[0]?.message, 'there is no `path-with-fragment` at `#/paths/~1pets`')
})

test('a waiver of a path with a fragment, as the README of a legacy API would have it', () => {
  const api =
    'openapi: 3.0.3\ninfo: { title: A, version: "1" }\npaths:\n  /a: { get: { security: [] } }\n  "/#Action": { get: { security: [] } }\n'
  const waiver = 'waivers:\n  - { rule: path-with-fragment, at: "#/paths/~1%23Action", reason: "legacy, not routed", until: 2027-06-30 }\n'
  assert.deepEqual(diagnose(projectWith('', { 'api.yaml': api })), ['api.yaml:5:3 error path-with-fragment #/paths/~1%23Action'])
  assert.deepEqual(diagnose(projectWith(waiver, { 'api.yaml': api })), [])
})

test('nothing is said where the finding may be missing because something could not be read', () => {
  const files = projectWith('waivers: [{ rule: unused-tier, at: "#", reason: a, until: 2027-06-30 }]\nerrors: xml\n')
  assert.deepEqual(diagnose(files), ['postern.yaml:7:9 error invalid-project #/errors'])
})
