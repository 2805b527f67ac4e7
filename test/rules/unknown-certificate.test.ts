import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Authority } from '../wire/authority.ts'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'

const authority = new Authority('CA')
const api = `openapi: 3.1.0
info: { title: Sample, version: 1.0.0 }
components: { securitySchemes: { certificate: { type: mutualTLS } } }
paths:
  /pets:
    x-postern: { certificates: [partner] }
    get: { security: [{ certificate: [] }] }
    put: { security: [{ certificate: [] }], x-postern: { certificates: [partner, partnr] } }
    post: { security: [] }
  /open: { get: { security: [], x-postern: { certificates: [partner] } } }
`

function project(definition: string): ProjectFiles {
  const lines = 'clientCertificates: { authorities: [ca.pem], holders: [{ id: partner, subject: CN=partner }] }\n'
  return projectWith(lines, { 'ca.pem': authority.pem, 'api.yaml': definition })
}

test('a holder that the project does not have, and holders where nothing asks for a certificate', () => {
  assert.deepEqual(diagnose(project(api), new Date()), [
    'api.yaml:8:82 error unknown-certificate #/paths/~1pets/put/x-postern/certificates/1',
    'api.yaml:10:60 error unenforceable-security #/paths/~1open/get/x-postern/certificates',
  ])
  assert.equal(findings(project(api), new Date())[0]?.hint, 'Did you mean `partner`?')
})

test('the project says it for a whole API, and only for one that there is', () => {
  const plain = api.replace('    x-postern: { certificates: [partner] }\n', '').replace(/ {4}put[\s\S]*$/, '')
  const files = project(plain)
  const named = (certificates: string): readonly string[] => {
    const postern = String(files['postern.yaml']).replace('    backend:', `    certificates: ${certificates}\n    backend:`)
    return diagnose({ ...files, 'postern.yaml': postern }, new Date())
  }
  assert.deepEqual(named('[partner]'), [])
  assert.deepEqual(named('[other]'), ['postern.yaml:5:20 error unknown-certificate #/apis/0/certificates/0'])
  assert.deepEqual(named('[]'), ['postern.yaml:5:19 error invalid-project #/apis/0/certificates'])
})
