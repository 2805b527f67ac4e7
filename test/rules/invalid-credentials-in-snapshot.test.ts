import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

function snapshot(text: string): readonly string[] {
  return diagnose(projectWith('revocation: { snapshot: revoked.yaml }\n', { 'revoked.yaml': text }))
}

test('a snapshot of every kind of entry', () => {
  assert.deepEqual(
    snapshot(`- { jti: a, iss: "https://idp.example.com", exp: 1790000000 }
- { signature: abc }
- { digest: "${'a'.repeat(43)}" }
- { client: c, before: 1790000000 }
- { user: u, before: 1790000000, iss: "https://idp.example.com", exp: 1790000000 }
- { kid: k }
- { apiKey: k }
`),
    // Of this project, which has no issuer and no API keys.
    [0, 4, 5, 6].map((index) => `revoked.yaml:${index + 1}:3 warning revocation-useless #/${index}`),
  )
  assert.deepEqual(snapshot('[]'), [])
})

test('entries that bar nothing, or what nobody can tell', () => {
  assert.deepEqual(
    snapshot(`- { exp: 1790000000 }
- { jti: a, client: b, before: 1 }
- { client: c }
- { jti: a, before: 1 }
- { signature: a, iss: "https://idp.example.com" }
- { digest: short }
- { jti: "" }
- { jti: 5 }
- { jti: a, exp: 1790000000000 }
- { jti: "${'a'.repeat(30)}.${'b'.repeat(30)}.${'c'.repeat(30)}" }
- text
`),
    [
      'revoked.yaml:1:3 error invalid-credentials #/0',
      'revoked.yaml:2:3 error invalid-credentials #/1',
      'revoked.yaml:3:3 error invalid-credentials #/2',
      'revoked.yaml:4:3 error invalid-credentials #/3',
      'revoked.yaml:5:3 error invalid-credentials #/4',
      'revoked.yaml:6:13 error invalid-credentials #/5/digest',
      'revoked.yaml:7:10 error invalid-credentials #/6/jti',
      'revoked.yaml:8:10 error invalid-credentials #/7/jti',
      'revoked.yaml:9:18 error invalid-credentials #/8/exp',
      'revoked.yaml:10:10 error invalid-credentials #/9/jti',
      'revoked.yaml:11:3 error invalid-credentials #/10',
    ],
  )
})

test('keys that mean nothing', () => {
  assert.deepEqual(snapshot('- { jti: a, expires: 1 }\n'), ['revoked.yaml:1:13 error unknown-key #/0/expires'])
})
