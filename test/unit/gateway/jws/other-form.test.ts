import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import type { JwtAlgorithm } from '../../../../src/contract/plan/keys.ts'
import { otherForm, verificationKey } from '../../../../src/gateway/jws/signature.ts'

const curves = [
  ['ES256', 'P-256', 'sha256'],
  ['ES384', 'P-384', 'sha384'],
  ['ES512', 'P-521', 'sha512'],
] as const satisfies readonly (readonly [JwtAlgorithm, string, string])[]

const signed = Buffer.from('head.claims')

for (const [algorithm, namedCurve, hash] of curves) {
  test(`a signature of ${algorithm} has another form, which is as good, and whose other form is the first`, () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
    const { verifies } = verificationKey(algorithm, publicKey)
    const signature = sign(hash, signed, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    const other = otherForm(algorithm, signature)
    assert.ok(other !== null && !other.equals(signature))
    assert.ok(verifies(signed, other))
    assert.ok(otherForm(algorithm, other)?.equals(signature))
  })
}

test('others have one form', () => {
  for (const algorithm of ['RS256', 'PS512', 'EdDSA'] as const) assert.equal(otherForm(algorithm, Buffer.alloc(64, 1)), null)
})
