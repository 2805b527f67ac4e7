import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admitsAnybody, type Way, waysOf } from '../../../../src/cli/certificate/ways.ts'
import type { ManifestOperation } from '../../../../src/contract/manifest/operation.ts'

type Alternatives = ManifestOperation['security']['alternatives']

function operation(security: Partial<ManifestOperation['security']>, asked: ManifestOperation['clientCertificate']['asked'] = 'unused') {
  const without = { at: 'a.yaml:1', header: null, headerAt: null, issuersAt: null, dpop: false, apiKeyPlaces: [], alternatives: [] }
  return {
    security: { kind: 'token' as const, anonymous: false, certificateSuffices: false, ...without, ...security },
    clientCertificate: { asked, at: null, holders: null, holdersAt: null },
  }
}

const token: Alternatives[number] = { credentials: [{ kind: 'token', scopes: ['read'] }], issuers: ['https://idp'], certificate: false }
const nothing: Way = { token: null, apiKey: null, password: null, certificate: false }
const withToken: Way = { ...nothing, token: { issuers: ['https://idp'], scopes: ['read'] } }

test('security is one OR of ANDs, whatever its kind', () => {
  assert.deepEqual(waysOf(operation({ kind: 'public', anonymous: true })), [nothing])
  assert.deepEqual(waysOf(operation({ kind: 'certificate', certificateSuffices: true }, 'required')), [{ ...nothing, certificate: true }])
  assert.deepEqual(waysOf(operation({ alternatives: [token] })), [withToken])
  assert.deepEqual(waysOf(operation({ alternatives: [token], anonymous: true, certificateSuffices: true }, 'optional')), [
    withToken,
    { ...nothing, certificate: true },
    nothing,
  ])
  assert.deepEqual(waysOf(operation({ alternatives: [] })), [])
})

test('API keys, passwords and certificates that are asked for together stay together', () => {
  const together = {
    credentials: [
      { kind: 'apiKey', scopes: ['a'] },
      { kind: 'basic', scopes: [] },
    ],
    issuers: [],
    certificate: false,
  } as const
  const certificate = { credentials: [{ kind: 'certificate', scopes: [] }], issuers: [], certificate: true } as const
  const security = { kind: 'credentials', alternatives: [together, certificate], certificateSuffices: true } as const
  assert.deepEqual(waysOf(operation(security, 'optional')), [
    { ...nothing, apiKey: { scopes: ['a'] }, password: { scopes: [] } },
    { ...nothing, certificate: true },
  ])
})

test('a certificate that the whole API asks for comes on top of every way', () => {
  const ways = waysOf(operation({ alternatives: [token], anonymous: true }, 'required'))
  assert.deepEqual(ways, [
    { ...withToken, certificate: true },
    { ...nothing, certificate: true },
  ])
  assert.ok(!ways.some(admitsAnybody))
})
