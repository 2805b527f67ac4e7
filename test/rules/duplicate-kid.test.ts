import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { diagnose, findings } from './check-project.ts'
import { keySet, projectWithKeys } from './issuer-files.ts'

function key(kid?: string): object {
  return { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), ...(kid === undefined ? {} : { kid }) }
}

test('two keys with one kid', () => {
  const files = projectWithKeys('idp.json', keySet(key('a'), key('b'), key('a')))
  assert.deepEqual(diagnose(files), ['idp.json:4:1 error duplicate-kid #/keys/2'])
  assert.equal(findings(files)[0]?.message, 'two keys have the kid `a`')
})

test('keys without kid are no duplicates', () => {
  assert.deepEqual(diagnose(projectWithKeys('idp.json', keySet(key(), key()))), [])
})
