/** api-keys.yaml and users.yaml. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordDigest } from '../../src/cli/credential-entry.ts'
import { diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'
import { ellipticKeys } from './issuer-files.ts'

const digest = `sha256:${'0a'.repeat(32)}`

function keys(...entries: readonly string[]): ProjectFiles {
  const file = `keys:\n${entries.map((entry) => `  - { ${entry} }\n`).join('')}`
  return projectWith('apiKeys: api-keys.yaml\n', { 'api-keys.yaml': file })
}

function users(...entries: readonly string[]): ProjectFiles {
  const file = `users:\n${entries.map((entry) => `  - { ${entry} }\n`).join('')}`
  return projectWith('users: users.yaml\n', { 'users.yaml': file })
}

test('entries that are sound', () => {
  const all =
    'consumer: partner, scopes: [a], apis: [Sample], addresses: [10.0.0.0/8], referrers: ["https://p.example/*"], expires: 2027-06-30'
  assert.deepEqual(diagnose(keys(`id: one, digest: "${digest}", ${all}`)), [])
  assert.deepEqual(diagnose(users(`name: alice, password: "${passwordDigest('x')}", scopes: [a]`)), [])
})

test('an API key needs an id and a digest, each of its own', () => {
  assert.deepEqual(diagnose(keys('id: one')), ['api-keys.yaml:2:5 error invalid-credentials #/keys/0'])
  assert.deepEqual(diagnose(keys(`digest: "${digest}"`)), ['api-keys.yaml:2:5 error invalid-credentials #/keys/0'])
  assert.deepEqual(diagnose(keys('id: one, digest: k-secret')), ['api-keys.yaml:2:24 error invalid-credentials #/keys/0/digest'])
  assert.deepEqual(diagnose(keys(`id: one, digest: "${digest}"`, `id: one, digest: "${digest.toUpperCase().replace('SHA', 'sha')}"`)), [
    'api-keys.yaml:3:11 error invalid-credentials #/keys/1/id',
    'api-keys.yaml:3:24 error invalid-credentials #/keys/1/digest',
  ])
})

test('slow digests of API keys cost enough, and there are few', () => {
  const slow = (): string => `digest: "${passwordDigest('x')}"`
  assert.deepEqual(diagnose(keys(`id: one, ${slow()}`)), [])
  assert.deepEqual(diagnose(keys(`id: one, digest: "scrypt$1024$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}"`)), [
    'api-keys.yaml:2:24 error invalid-credentials #/keys/0/digest',
  ])
  assert.deepEqual(diagnose(keys(...Array.from({ length: 9 }, (_, index) => `id: k${index}, ${slow()}`))), [
    'api-keys.yaml:10:5 error invalid-credentials #/keys/8',
  ])
})

test('what confines an API key must be right', () => {
  for (const [bad, column] of [
    ['addresses: [partner.example]', 111],
    ['addresses: []', 110],
    ['referrers: ["https://partner.example/app/*"]', 111],
    ['referrers: ["*.example"]', 111],
    ['expires: 2027-02-30', 108],
    ['apis: [sample]', 106],
    ['scopes: ["a b"]', 108],
  ] as const) {
    const found = diagnose(keys(`id: one, digest: "${digest}", ${bad}`))
    assert.equal(found.length, 1, bad)
    assert.match(found[0] ?? '', new RegExp(`^api-keys.yaml:2:${column} error invalid-credentials #/keys/0/`), bad)
  }
})

test('an issuer of API keys has a name of its own and keys; a file may have nothing else', () => {
  const issuers = (file: string): readonly string[] =>
    diagnose(projectWith('apiKeys: api-keys.yaml\n', { 'api-keys.yaml': file, 'keys.pem': ellipticKeys.publicKey }))
  const one = 'issuer: https://keys.example.com, keys: keys.pem'
  assert.deepEqual(issuers(`issuers: [{ ${one}, clockSkew: 10s, algorithms: [ES256], validateAllowedAPIs: false }]\n`), [])
  assert.deepEqual(issuers('{}\n'), ['api-keys.yaml:1:1 error invalid-credentials #'])
  assert.deepEqual(issuers('issuers: [{ issuer: a }, { keys: keys.pem }]\n'), [
    'api-keys.yaml:1:11 error invalid-credentials #/issuers/0',
    'api-keys.yaml:1:26 error invalid-credentials #/issuers/1',
  ])
  assert.deepEqual(issuers(`issuers: [{ ${one} }, { ${one} }]\n`), ['api-keys.yaml:1:75 error invalid-credentials #/issuers/1/issuer'])
  assert.deepEqual(issuers(`issuers: [{ ${one}, validateAllowedAPIs: maybe }]\n`), [
    'api-keys.yaml:1:84 error invalid-credentials #/issuers/0/validateAllowedAPIs',
  ])
  assert.deepEqual(issuers(`issuers: [{ ${one}, audiences: [a] }]\n`), ['api-keys.yaml:1:63 error unknown-key #/issuers/0/audiences'])
  assert.deepEqual(issuers(`issuers: [{ ${one}, algorithms: [HS256] }]\n`), [
    'api-keys.yaml:1:76 error algorithm-not-allowed #/issuers/0/algorithms/0',
  ])
})

test('a name is there once, and its password is a digest that costs enough', () => {
  const password = passwordDigest('x')
  assert.deepEqual(diagnose(users('name: alice')), ['users.yaml:2:5 error invalid-credentials #/users/0'])
  assert.deepEqual(diagnose(users(`name: "a:b", password: "${password}"`)), ['users.yaml:2:13 error invalid-credentials #/users/0/name'])
  assert.deepEqual(diagnose(users(`name: a, password: "${password}"`, `name: a, password: "${password}"`)), [
    'users.yaml:3:13 error invalid-credentials #/users/1/name',
  ])
  for (const weak of [
    'secret',
    password.replace('16384', '8192'),
    password.replace('16384', '20000'),
    password.replace('$8$', '$999$'),
    '@sha256:{ab}',
  ]) {
    assert.deepEqual(
      diagnose(users(`name: a, password: "${weak}"`)),
      ['users.yaml:2:26 error invalid-credentials #/users/0/password'],
      weak,
    )
  }
})

test('what is written in place of a digest is not repeated: it may be the secret', () => {
  for (const files of [keys('id: one, digest: k-secret'), users('name: a, password: k-secret')]) {
    assert.ok(!JSON.stringify(findings(files).map(({ message, hint }) => [message, hint])).includes('k-secret'))
  }
})
