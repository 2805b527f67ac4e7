import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProof } from '../../../../src/gateway/dpop/proof.ts'

// RFC 9449, figure 12: a request for a protected resource.
const proof =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA'

const proven = {
  method: 'GET',
  isTarget: (uri: string): boolean => uri === 'https://resource.example.org/protectedresource',
  token: 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
  key: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
  now: 1_562_262_618_000,
}

test('the example of RFC 9449 is good', () => {
  const read = readProof(proof, proven, undefined, () => {})
  assert.ok(typeof read !== 'string', String(read))
  assert.deepEqual([read.id, read.issued, read.hasSignature()], ['e1j3V_bKic8-LAEB', 1_562_262_618, true])
})

test('its key is imported once', () => {
  let learnt = 0
  readProof(proof, proven, undefined, (key) => {
    learnt++
    readProof(proof, proven, key, () => learnt++)
  })
  assert.equal(learnt, 1)
})

test('it is for its request, its token, its key and its time only', () => {
  const reason = (changes: Partial<typeof proven>): unknown => readProof(proof, { ...proven, ...changes }, undefined, () => {})
  assert.equal(reason({ method: 'POST' }), 'proof-request')
  assert.equal(reason({ isTarget: () => false }), 'proof-request')
  assert.equal(reason({ token: `${proven.token}x` }), 'proof-token')
  assert.equal(reason({ key: 'A'.repeat(43) }), 'proof-key')
  assert.equal(reason({ now: proven.now + 66_000 }), 'proof-time')
  assert.equal(reason({ now: proven.now - 6_000 }), 'proof-time')
  assert.equal(typeof reason({ now: proven.now + 64_000 }), 'object')
  assert.equal(typeof reason({ now: proven.now - 4_000 }), 'object')
})
