import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Authority } from '../wire/authority.ts'
import { diagnose, findings, projectWith } from './check-project.ts'
import { issuerLines } from './issuer-files.ts'

const said = 'postern.yaml:9:11 warning fetched-keys #/issuers/0/keys'

function withKeys(keys: string, lines = '', files = {}): Parameters<typeof diagnose>[0] {
  return projectWith(issuerLines(keys) + lines, files)
}

test('keys that are fetched are told of, as the file is then not the whole gateway', () => {
  const [finding] = findings(withKeys('{ url: https://idp.example.com/jwks, refresh: 10m }'))
  assert.equal(finding?.code, 'fetched-keys')
  assert.equal(
    finding.message,
    'the keys of `https://idp.example.com` are fetched while the gateway runs: not its file alone decides whose tokens it takes, but whoever answers at that address as well',
  )
})

test('a waiver says that this is meant', () => {
  const waivers = `waivers:
  - { rule: fetched-keys, at: "postern.yaml#/issuers/0/keys", reason: the provider rotates its keys each week, until: 2026-12-31 }
`
  assert.deepEqual(diagnose(withKeys('{ url: https://idp.example.com/jwks }', waivers)), [])
})

test('the address may be a setting, and plain http only to this machine', () => {
  for (const url of [
    'https://idp.example.com/jwks?p=policy',
    '${JWKS_URL}',
    'https://${IDP_HOST}/jwks',
    'http://127.0.0.1:9000/jwks',
    'http://localhost/jwks',
  ])
    assert.deepEqual(diagnose(withKeys(`{ url: "${url}" }`)), [said], url)
})

test('another address is an error', () => {
  for (const [url, message] of [
    ['http://idp.example.com/jwks', 'is plain http'],
    ['${JWKS_URL:-http://idp.internal/jwks}', 'is plain http'],
    ['idp.example.com/jwks', 'must be an absolute https URL'],
    ['ftp://idp.example.com/jwks', 'must be an absolute https URL'],
    ['https:idp.example.com', 'must be an absolute https URL'],
    ['https://alice@idp.example.com/jwks', 'must be an absolute https URL'],
    ['https://idp.example.com/jwks#one', 'must be an absolute https URL'],
  ] as const) {
    const found = findings(withKeys(`{ url: "${url}" }`)).filter(({ severity }) => severity === 'error')
    assert.deepEqual(
      found.map(({ code, at }) => `${at.line} ${code}`),
      ['9 invalid-project'],
      url,
    )
    assert.match(found[0]?.message ?? '', new RegExp(`^\`url\` ${message}`))
  }
})

test('a password in it is a secret in a file', () => {
  const codes = findings(withKeys('{ url: "https://alice:secret@idp.example.com/jwks" }')).map(({ code }) => code)
  assert.ok(codes.includes('secret-in-file'))
})

test('its refresh is bounded, and its keys are known', () => {
  for (const refresh of ['1s', '2d', '600', 'often'])
    assert.deepEqual(
      diagnose(withKeys(`{ url: https://idp.example.com/jwks, refresh: ${refresh} }`)),
      [said, 'postern.yaml:9:57 error invalid-project #/issuers/0/keys/refresh'],
      refresh,
    )
  assert.deepEqual(diagnose(withKeys('{ refresh: 10m }')), ['postern.yaml:9:11 error invalid-project #/issuers/0/keys'])
  assert.ok(diagnose(withKeys('{ url: https://idp.example.com/jwks, every: 10m }')).some((line) => line.includes('unknown-key')))
})

test('authorities are certificates', () => {
  const files = { 'ca.pem': new Authority().pem, 'no.pem': 'nothing' }
  assert.deepEqual(diagnose(withKeys('{ url: https://idp.example.com/jwks, authorities: [ca.pem] }', '', files), new Date()), [said])
  const codes = (keys: string): readonly string[] => findings(withKeys(keys, '', files), new Date()).map(({ code }) => code)
  assert.deepEqual(codes('{ url: https://idp.example.com/jwks, authorities: [no.pem] }'), ['unusable-key'])
})

test('an address in the place of a file is one that must be pinned', () => {
  const [finding] = findings(withKeys('https://idp.example.com/jwks'))
  assert.deepEqual([finding?.code, finding?.hint?.includes('postern lock')], ['not-locked', true])
})
