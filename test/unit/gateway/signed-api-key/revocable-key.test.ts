import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { readCompactJws } from '../../../../src/gateway/jws/compact-jws.ts'
import { verificationKey } from '../../../../src/gateway/jws/signature.ts'
import { revocableKey } from '../../../../src/gateway/signed-api-key/revocable-key.ts'

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

function textOf(header: Readonly<Record<string, unknown>>, claims: Readonly<Record<string, unknown>> = {}): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'ES256', ...header })}.${encode({ iss: 'https://idp.example.com', ...claims })}.${Buffer.alloc(64, 1).toString('base64url')}`
}

function keyOf(header: Readonly<Record<string, unknown>>, kid: string | null): string | null {
  const text = textOf(header)
  return revocableKey(readCompactJws(text)!, text, verificationKey('ES256', publicKey, kid)).key
}

test('a signed API key is barred by the key that has signed it, whatever it says of that', () => {
  assert.equal(keyOf({ kid: 'own' }, 'own'), 'own')
  assert.equal(keyOf({}, 'own'), 'own')
  assert.equal(keyOf({ kid: 'named' }, null), 'named')
})

test('and by either form of its signature', () => {
  const text = textOf({})
  const { signature, otherSignature } = revocableKey(readCompactJws(text)!, text, verificationKey('ES256', publicKey))
  assert.equal(signature, text.split('.')[2])
  assert.ok(otherSignature !== null && otherSignature !== signature)
})

test('and by whose it is, also where that is a number', () => {
  const text = textOf({}, { sub: 17, consumerKey: 4 })
  const { user, client } = revocableKey(readCompactJws(text)!, text, verificationKey('ES256', publicKey))
  assert.deepEqual([user, client], ['17', '4'])
})
