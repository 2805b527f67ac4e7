import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeIssuer } from '../../../src/cli/described-rules.ts'
import type { ManifestIssuer } from '../../../src/contract/manifest/issuer.ts'

const issuer: ManifestIssuer = {
  issuer: 'https://idp.example.com',
  audiences: 'any',
  at: 'postern.yaml:8',
  clockSkewSeconds: 5,
  claims: { scope: 'scope', subject: 'sub', client: 'azp', application: 'application', keyType: 'keytype' },
  profile: 'jwt',
  senderConstrained: { certificate: false, dpop: false, required: false },
  fetchedKeys: null,
  introspection: null,
  keys: [],
}

test('an issuer is described by its name, and by what its tokens must be', () => {
  assert.equal(describeIssuer(issuer), 'https://idp.example.com')
  const both = { certificate: true, dpop: true, required: false }
  assert.equal(
    describeIssuer({ ...issuer, senderConstrained: both }),
    'https://idp.example.com (perhaps bound to a certificate or key (DPoP))',
  )
  const dpop = { certificate: false, dpop: true, required: true }
  assert.equal(
    describeIssuer({ ...issuer, profile: 'at+jwt', senderConstrained: dpop }),
    'https://idp.example.com (at+jwt, bound to a key (DPoP))',
  )
})
