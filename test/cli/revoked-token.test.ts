/** API keys that are handed over to be revoked: signed ones may have no end, and others are named by their id. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, hash } from 'node:crypto'
import { test } from 'node:test'
import { SignJWT } from 'jose'
import { entryFor } from '../../src/cli/revocation-arguments.ts'
import { entryForToken } from '../../src/cli/revoked-token.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const issuer = 'https://localhost:9095/apikey'
const key = { kid: 'k', algorithms: ['ES256'], jwk: publicKey.export({ format: 'jwk' }) as Record<string, string>, notAfter: null } as const
const plan = { issuers: [], apiKeyIssuers: [{ issuer, keys: [key], clockSkew: 5, typed: false, confined: true }] }
const now = 1_800_000_000

function signed(claims: Readonly<Record<string, unknown>>, by = privateKey): Promise<string> {
  return new SignJWT({ iss: issuer, jti: 'a', ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(by)
}

test('a signed API key, with an end and without', async () => {
  const entry = { kind: 'token', name: 'a', issuer, before: null }
  assert.deepEqual(await entryForToken(await signed({ exp: now + 60 }), plan, now), { ...entry, expires: now + 60 })
  assert.deepEqual(await entryForToken(await signed({}), plan, now), { ...entry, expires: null })
})

test('one that has expired, or that somebody else has signed', async () => {
  await assert.rejects(entryForToken(await signed({ exp: now - 60 }), plan, now), { code: 'token-expired' })
  await assert.rejects(entryForToken(await signed({ exp: 'never' }), plan, now), { code: 'token-malformed' })
  await assert.rejects(entryForToken(await signed({}, stranger.privateKey), plan, now), { code: 'token-forged' })
})

test('the text of an API key is not published: it would bar nothing', async () => {
  const digest = { kind: 'sha256', hash: hash('sha256', 'k-secret') } as const
  const rest = { consumer: 'c', tier: null, scopes: [], apis: null, addresses: [], origins: [], expiresAt: null }
  const withKey = { ...plan, apiKeys: [{ id: 'partner-7', digest, ...rest }] }
  for (const opaque of [true, false]) {
    const refused = entryFor('k-secret', { opaque }, withKey, now)
    await assert.rejects(refused, (error: Error) => /API key/.test(error.message) && !error.message.includes('k-secret'))
  }
  assert.equal((await entryFor('another', {}, withKey, now)).name, 'another')
})
