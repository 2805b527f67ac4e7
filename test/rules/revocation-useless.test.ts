import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'
import { ellipticKeys, issuerLines, keySet } from './issuer-files.ts'

const issuer = 'iss: "https://idp.example.com"'
const named = keySet({ ...createPublicKey(ellipticKeys.publicKey).export({ format: 'jwk' }), kid: 'year-2026', alg: 'ES256' })

/** A project with an API key and an issuer, some of whose keys may have no id. */
function project(entries: string, keys: string = named, lines = ''): ProjectFiles {
  return projectWith(`apiKeys: api-keys.yaml\nrevocation: { snapshot: revoked.yaml }\n${issuerLines('idp.keys')}${lines}`, {
    'api-keys.yaml': `keys: [{ id: partner-7, digest: "sha256:${'00'.repeat(32)}" }]\n`,
    'idp.keys': keys,
    'revoked.yaml': entries,
  })
}

test('what the project has may be revoked, and what it cannot know', () => {
  const entries = `- { apiKey: partner-7 }
- { kid: year-2026, ${issuer} }
- { kid: year-2026 }
- { jti: some, ${issuer} }
- { jti: any }
- { signature: any }
- { client: any, before: 1790000000, ${issuer} }
- { user: any, before: 1790000000 }
`
  assert.deepEqual(diagnose(project(entries)), [])
})

test('an API key, an issuer and a key that are not there', () => {
  const files = project(`- { apiKey: partnr-7 }
- { jti: a, iss: "https://idp.example.org" }
- { kid: year-2025, ${issuer} }
- { kid: other }
- { user: a, before: 1, iss: else }
`)
  assert.deepEqual(diagnose(files), [
    'revoked.yaml:1:3 warning revocation-useless #/0',
    'revoked.yaml:2:3 warning revocation-useless #/1',
    'revoked.yaml:3:3 warning revocation-useless #/2',
    'revoked.yaml:4:3 warning revocation-useless #/3',
    'revoked.yaml:5:3 warning revocation-useless #/4',
  ])
  assert.deepEqual(
    findings(files).map(({ hint }) => hint),
    [
      'Did you mean `partner-7`?',
      'Did you mean `https://idp.example.com`?',
      'Did you mean `year-2026`?',
      'Correct the entry, or remove it.',
      'Correct the entry, or remove it.',
    ],
  )
})

test('a key without an id may be named by any, and keys that are fetched are not known', () => {
  const entries = `- { kid: any, ${issuer} }\n- { kid: any }\n`
  assert.deepEqual(diagnose(project(entries, ellipticKeys.publicKey)), [])
  const fetched = `  - { issuer: https://two.example.com, audiences: any, keys: { url: "https://two.example.com/jwks" } }\n`
  assert.deepEqual(diagnose(project('- { kid: any, iss: "https://two.example.com" }\n- { kid: any }\n', named, fetched)), [
    'postern.yaml:12:62 warning fetched-keys #/issuers/1/keys',
  ])
})

test('it can be waived', () => {
  const waivers = 'waivers: [{ rule: revocation-useless, at: "revoked.yaml#/0", reason: handed on as it is, until: 2026-12-31 }]\n'
  assert.deepEqual(diagnose(project('- { apiKey: old }\n', named, waivers)), [])
})
