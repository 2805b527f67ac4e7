import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, type ProjectFiles, projectWith } from './check-project.ts'

function crossing(first: string, second: string): ProjectFiles {
  return apiWith(`paths:
  /{tenant}/secrets: { get: { ${first}, parameters: [{ name: tenant, in: path, required: true, schema: {} }] } }
  /public/{page}: { get: { ${second}, parameters: [{ name: page, in: path, required: true, schema: {} }] } }
components: { securitySchemes: { o: { type: http, scheme: bearer }, p: { type: http, scheme: bearer } } }
`)
}

const overlaps = (first: string, second: string): readonly string[] =>
  diagnose(crossing(first, second)).filter((finding) => !finding.includes('unenforceable-security'))

test('two routes that some requests fit both, and that ask different things of callers', () => {
  const expected = ['api.yaml:5:21 error overlapping-security #/paths/~1public~1%7Bpage%7D/get']
  assert.deepEqual(overlaps('security: [{ o: [] }]', 'security: []'), expected)
  assert.deepEqual(overlaps('security: [{ o: [admin] }]', 'security: [{ o: [] }]'), expected)
  assert.deepEqual(overlaps('security: [{ o: [] }]', 'security: [{}, { o: [] }]'), expected)
  // Other differences are then not reported as well.
  assert.deepEqual(overlaps('security: [{ o: [] }]', 'security: [], x-postern: { maxBody: 1KiB }'), expected)
})

test('schemes of other names that ask for the same token are the same', () => {
  assert.deepEqual(overlaps('security: [{ o: [a, b] }]', 'security: [{ p: [b], o: [a] }]'), [])
  assert.deepEqual(overlaps('security: []', 'security: []'), [])
})

test('it can be waived', () => {
  const waiver =
    'waivers: [{ rule: overlapping-security, at: "#/paths/~1public~1{page}", reason: pages are named by us, until: 2026-12-31 }]\n'
  const files = crossing('security: [{ o: [] }]', 'security: []')
  const found = diagnose({ ...projectWith(waiver), 'api.yaml': files['api.yaml'] ?? '' })
  assert.deepEqual(
    found.filter((finding) => !finding.includes('unenforceable-security')),
    [],
  )
})

test('where routes are too many to compare them all, that is reported and not taken for good', () => {
  const paths = Array.from({ length: 1500 }, (_, index) => `  "/{p}:v${index}/{q}": { parameters: *p, get: { security: [] } }\n`).join('')
  const api = `p: &p [{ name: p, in: path, required: true, schema: {} }, { name: q, in: path, required: true, schema: {} }]\nsecurity: [{ o: [] }]\npaths:\n${paths}  /a: { get: {} }\n`
  const found = diagnose(apiWith(`${api}components: { securitySchemes: { o: { type: http, scheme: bearer } } }\n`))
  assert.equal(found.filter((finding) => finding.includes('overlapping-security')).length, 1)
})
