import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from './check-project.ts'
import { ellipticKeys, projectWithKeys } from './issuer-files.ts'

function found(constrained: string, lines = ''): readonly string[] {
  return diagnose(projectWithKeys('idp.pem', ellipticKeys.publicKey, `    senderConstrained: ${constrained}\n${lines}`))
}

test('proofs are taken, and where clients reach the gateway is not said', () => {
  assert.deepEqual(found('dpop'), ['postern.yaml:10:24 warning no-public-origins #/issuers/0/senderConstrained'])
  assert.ok(found('{ by: [certificate, dpop], required: false }').some((line) => line.includes('no-public-origins')))
})

test('it is said, or waived, or no proofs are taken', () => {
  assert.deepEqual(found('dpop', 'publicOrigins: [https://api.example.com]\n'), [])
  const waiver = 'rule: no-public-origins, at: "postern.yaml#/issuers/0/senderConstrained", reason: a try, until: 2026-12-31'
  assert.deepEqual(found('dpop', `waivers: [{ ${waiver} }]\n`), [])
  assert.ok(!found('certificate').some((line) => line.includes('no-public-origins')))
})
