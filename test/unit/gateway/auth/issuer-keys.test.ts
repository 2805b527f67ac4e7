import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { importKeys } from '../../../../src/gateway/auth/issuer-keys.ts'
import { ecKey, edKey, keyPlan, rsaKey } from './signed-token.ts'

const issuer = 'https://idp.example.com'

test('a key is imported for each of its algorithms', async () => {
  const { byId, all } = await importKeys(issuer, [
    keyPlan(rsaKey, { algorithms: ['RS256', 'PS256', 'PS512'] }),
    keyPlan(edKey, { algorithms: ['EdDSA', 'Ed25519'] }),
  ])
  assert.deepEqual(
    byId.get('rsa')?.map(({ algorithm }) => algorithm),
    ['RS256', 'PS256', 'PS512'],
  )
  assert.deepEqual(
    all.map(({ algorithm }) => algorithm),
    ['RS256', 'PS256', 'PS512', 'EdDSA', 'Ed25519'],
  )
})

test('a key without id is among all, and among those without id', async () => {
  const { byId, withoutId, all } = await importKeys(issuer, [keyPlan(rsaKey, { kid: null })])
  assert.deepEqual([byId.size, withoutId.length, all.length], [0, 1, 1])
})

test('a key that cannot be used stops the start and is named', async () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }) as Record<string, string>
  const unusable = [
    keyPlan(rsaKey, { jwk: weak }),
    keyPlan(rsaKey, { algorithms: ['ES256'] }),
    keyPlan(ecKey, { algorithms: ['ES384'] }),
    keyPlan(rsaKey, { jwk: { kty: 'oct', k: 'c2VjcmV0' } }),
    keyPlan(rsaKey, { jwk: {} }),
    keyPlan(rsaKey, { jwk: rsaKey.privateKey.export({ format: 'jwk' }) as Record<string, string> }),
  ]
  for (const key of unusable) {
    await assert.rejects(
      importKeys(issuer, [key]),
      /^Error: The key "(rsa|ec)" of the issuer https:\/\/idp\.example\.com cannot be used\.$/,
    )
  }
})

test('two keys with one id stop the start', async () => {
  await assert.rejects(importKeys(issuer, [keyPlan(rsaKey), keyPlan(ecKey, { kid: 'rsa' })]), /two keys with the id "rsa"/)
})
