import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from '../../../rules/check-project.ts'

function told(lines: string): readonly string[] {
  return diagnose(projectWith(lines))
}

test('a token needs its key, from a setting', () => {
  assert.deepEqual(told('backendToken: {}\n'), ['postern.yaml:6:15 error invalid-project #/backendToken'])
  assert.deepEqual(told('backendToken: { key: keys/backend.pem }\n'), ['postern.yaml:6:22 error secret-in-file #/backendToken/key'])
  assert.deepEqual(told('backendToken: { key: "${KEY:-keys/backend.pem}" }\n'), [
    'postern.yaml:6:22 error secret-in-file #/backendToken/key',
  ])
})

test('nothing else of it can be a setting', () => {
  assert.deepEqual(told('backendToken: { key: "${KEY}", issuer: "${ISSUER}" }\n'), [
    'postern.yaml:6:40 error setting-not-allowed #/backendToken/issuer',
  ])
})

test('a field cannot be one that says something else, nor one that another name looks like', () => {
  for (const name of ['Host', 'Authorization', 'Content-Length', 'X-Request-Id', 'X-Forwarded-For', 'Connection', 'a@b', 'X_User', 'DPoP'])
    assert.deepEqual(
      [
        told(`backendToken: { key: "\${KEY}", header: ${name} }\n`),
        told(`consumerFields: { ${name}: subject }\n`).map((line) => line.replace(/:\d+ /, ' ')),
      ],
      [
        ['postern.yaml:6:40 error invalid-project #/backendToken/header'],
        [`postern.yaml:6 error invalid-project #/consumerFields/${name}`],
      ],
      name,
    )
})

test('two fields of one name in different cases, and one that is the token’s', () => {
  const lines = 'backendToken: { key: "${KEY}", header: X-Told }\nconsumerFields: { X-User: subject, x-user: client, X-TOLD: client }\n'
  assert.deepEqual(told(lines), [
    'postern.yaml:7:44 error invalid-project #/consumerFields/x-user',
    'postern.yaml:7:60 error invalid-project #/consumerFields/X-TOLD',
  ])
})

test('what the gateway does not know about callers', () => {
  const [finding] = findings(projectWith('consumerFields: { X-User: subjekt }\n'))
  assert.deepEqual([finding?.code, finding?.hint], ['invalid-project', 'Did you mean `subject`?'])
  assert.deepEqual(told('consumerFields: { X-User: claims. }\n'), ['postern.yaml:6:27 error invalid-project #/consumerFields/X-User'])
})

test('claims that are the gateway’s own, and other values that cannot be', () => {
  const lines = `backendToken:
  key: "\${KEY}"
  claims: [email, exp, "http://wso2.org/claims/subscriber"]
  algorithm: HS256
  lifetime: 1500ms
  dialect: http://wso2.org/claims/
`
  assert.deepEqual(told(lines), [
    'postern.yaml:8:19 error invalid-project #/backendToken/claims/1',
    'postern.yaml:8:24 error invalid-project #/backendToken/claims/2',
    'postern.yaml:9:14 error invalid-project #/backendToken/algorithm',
    'postern.yaml:10:13 error invalid-project #/backendToken/lifetime',
    'postern.yaml:11:12 error invalid-project #/backendToken/dialect',
  ])
})
