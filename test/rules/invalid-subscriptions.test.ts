/** The file that `subscriptions` names. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordDigest } from '../../src/cli/credential-entry.ts'
import { Authority } from '../wire/authority.ts'
import { diagnose, type ProjectFiles, projectWith } from './check-project.ts'
import { ellipticKeys, issuerLines } from './issuer-files.ts'

const holders = {
  'api-keys.yaml': `keys: [{ id: one, digest: "sha256:${'0a'.repeat(32)}", consumer: partner }]\n`,
  'users.yaml': `users: [{ name: alice, password: "${passwordDigest('x')}" }]\n`,
}

function project(...applications: readonly string[]): ProjectFiles {
  const file = `applications:\n${applications.map((application) => `  - { ${application} }\n`).join('')}`
  const lines = `subscriptions: subscriptions.yaml\napiKeys: api-keys.yaml\nusers: users.yaml\n${issuerLines('idp.pem')}`
  return projectWith(lines, { ...holders, 'idp.pem': ellipticKeys.publicKey, 'subscriptions.yaml': file })
}

function application(key: string, subscription: string): string {
  return `id: 1, name: Shop, keys: [{ ${key} }], subscriptions: [{ ${subscription} }]`
}

const toSample = 'api: Sample, version: 1.0.0'

/** Where each finding is, all of them of this code. */
function invalid(...applications: readonly string[]): readonly string[] {
  return diagnose(project(...applications)).map((finding) => {
    const [, pointer] = /^subscriptions\.yaml:\d+:\d+ error invalid-subscriptions #(.*)$/.exec(finding) ?? []
    return pointer ?? finding
  })
}

test('entries that are sound', () => {
  const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':')
  for (const key of [
    'client: mobile',
    'client: mobile, issuer: https://idp.example.com, type: SANDBOX',
    'client: mobile, domains: [shop.example, "*.partner.example", localhost, 192.0.2.1, xn--bcher-kva.example]',
    'consumer: partner',
    'user: alice',
    `certificate: "${fingerprint}"`,
  ]) {
    for (const state of ['ACTIVE', 'UNBLOCKED', 'TIER_UPDATE_PENDING', 'ON_HOLD', 'BLOCKED', 'PROD_ONLY_BLOCKED', 'REJECTED']) {
      assert.deepEqual(diagnose(project(application(key, `${toSample}, state: ${state}, tier: Unlimited`))), [])
    }
  }
  assert.deepEqual(diagnose(project(application('client: mobile', 'api: Sample, version: "*"'))), [])
})

test('an application has an id of its own, a name, keys and subscriptions', () => {
  assert.deepEqual(diagnose(project('name: Shop')), [
    'subscriptions.yaml:2:5 error invalid-subscriptions #/applications/0',
    'subscriptions.yaml:2:5 error invalid-subscriptions #/applications/0',
    'subscriptions.yaml:2:5 error invalid-subscriptions #/applications/0',
  ])
  assert.deepEqual(invalid(application('client: a', toSample), application('client: b', toSample)), ['/applications/1/id'])
})

test('a key is one thing, of somebody who is known, and in one application', () => {
  assert.deepEqual(invalid(application('type: SANDBOX', toSample)), ['/applications/0/keys/0'])
  assert.deepEqual(invalid(application('client: a, user: alice', toSample)), ['/applications/0/keys/0'])
  assert.deepEqual(invalid(application('consumer: somebody', toSample)), ['/applications/0/keys/0/consumer'])
  assert.deepEqual(invalid(application('user: bob', toSample)), ['/applications/0/keys/0/user'])
  assert.deepEqual(invalid(application('certificate: abc', toSample)), ['/applications/0/keys/0/certificate'])
  assert.deepEqual(invalid(application('user: alice, issuer: https://idp.example.com', toSample)), ['/applications/0/keys/0'])
  assert.deepEqual(invalid(application('client: a, type: TEST', toSample)), ['/applications/0/keys/0/type'])
  const twice = application('client: a', toSample).replace('id: 1', 'id: 2')
  assert.deepEqual(invalid(application('client: a', toSample), twice), ['/applications/1/keys/0/client'])
})

test('whose client it is must be said where there are several issuers', () => {
  const files = project(application('client: a', toSample))
  const second = `  - issuer: https://two.example.com\n    audiences: any\n    keys: idp.pem\n`
  assert.deepEqual(diagnose({ ...files, 'postern.yaml': `${files['postern.yaml']}${second}` }), [
    'subscriptions.yaml:2:43 error invalid-subscriptions #/applications/0/keys/0/client',
  ])
  assert.deepEqual(diagnose(project(application('client: a, issuer: https://else.example', toSample))), [
    'subscriptions.yaml:2:54 error unknown-issuer #/applications/0/keys/0/issuer',
  ])
})

test('a subscription is to an API that is there, in a version that it has, and once', () => {
  assert.deepEqual(invalid(application('client: a', 'api: Sampel, version: 1.0.0')), ['/applications/0/subscriptions/0/api'])
  assert.deepEqual(invalid(application('client: a', 'api: Sample, version: 2.0.0')), ['/applications/0/subscriptions/0/version'])
  assert.deepEqual(invalid(application('client: a', 'api: Sample')), ['/applications/0/subscriptions/0'])
  assert.deepEqual(invalid(application('client: a', `${toSample}, state: blocked`)), ['/applications/0/subscriptions/0/state'])
  assert.deepEqual(invalid(application('client: a', `${toSample} }, { api: Sample, version: "*"`)), ['/applications/0/subscriptions/1/api'])
})

test('domains are names of hosts', () => {
  for (const bad of [
    'https://shop.example',
    'shop.example:8443',
    'Shop.example',
    '*',
    '*.example',
    'a.*.example',
    '*shop.example',
    'shop.example.',
    'bücher.example',
    '.shop.example',
    '*.192.0.2.1',
    'shop.example/app',
    '0x7f.1',
  ]) {
    assert.deepEqual(invalid(application(`client: a, domains: ["${bad}"]`, toSample)), ['/applications/0/keys/0/domains/0'], bad)
  }
  assert.deepEqual(invalid(application('client: a, domains: []', toSample)), ['/applications/0/keys/0/domains'])
})

test('a consumer may be that of a holder of certificates', () => {
  const files = project(application('consumer: lab', toSample))
  const authority = new Authority().pem
  const holders = `clientCertificates: { authorities: [ca.pem], holders: [{ id: machine, san: "DNS:lab.example.com", consumer: lab }] }\n`
  assert.deepEqual(diagnose({ ...files, 'ca.pem': authority, 'postern.yaml': `${files['postern.yaml']}${holders}` }, new Date()), [])
  const other = holders.replace('consumer: lab', 'consumer: laboratory')
  assert.deepEqual(diagnose({ ...files, 'ca.pem': authority, 'postern.yaml': `${files['postern.yaml']}${other}` }, new Date()), [
    'subscriptions.yaml:2:45 error invalid-subscriptions #/applications/0/keys/0/consumer',
  ])
})
