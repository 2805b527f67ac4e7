import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'
import { ellipticKeys, issuerLines } from './issuer-files.ts'

/** The pointers of all findings, which are all of this code. */
function refused(files: Readonly<Record<string, string | Buffer>>): readonly string[] {
  return findings(files).map(({ code, at }) => {
    assert.equal(code, 'invalid-project')
    return at.pointer
  })
}

function project(changes: Readonly<Record<string, string>>): Readonly<Record<string, string | Buffer>> {
  const keys = { name: 'sample', version: '1.0.0', apis: '[{ definition: api.yaml, backend: http://127.0.0.1:9000 }]', ...changes }
  const lines = Object.entries(keys).map(([key, value]) => (value === '' ? '' : `${key}: ${value}\n`))
  return projectWith('', { 'postern.yaml': lines.join('') })
}

test('what is missing is reported at the mapping that lacks it', () => {
  assert.deepEqual(diagnose(project({ name: '' })), ['postern.yaml:1:1 error invalid-project #'])
  assert.deepEqual(refused(project({ version: '' })), ['#'])
  assert.deepEqual(refused(project({ apis: '' })), ['#'])
  assert.deepEqual(refused(project({ apis: '[{ backend: http://127.0.0.1:9000 }]' })), ['#/apis/0'])
})

test('as much as possible is found in one run', () => {
  const files = project({ name: 'My Shop', version: 'one', errors: 'xml', listen: '{ http: 65536 }', limits: '{ maxHead: 16 }' })
  assert.deepEqual(refused(files), ['#/name', '#/version', '#/errors', '#/listen/http', '#/limits/maxHead'])
})

test('values that a key cannot have', () => {
  const wrong: readonly (readonly [string, string, string])[] = [
    ['name', '7', '#/name'],
    ['name', 'a_b', '#/name'],
    ['name', '-a', '#/name'],
    ['name', 'a'.repeat(64), '#/name'],
    ['version', '1..0', '#/version'],
    ['version', '"1.0.0 "', '#/version'],
    ['apis', '[]', '#/apis'],
    ['apis', '{}', '#/apis'],
    ['apis', '[api.yaml]', '#/apis/0'],
    ['policies', '7', '#/policies'],
    ['issuers', '{}', '#/issuers'],
    ['errors', 'Problem', '#/errors'],
    ['listen', '[8080]', '#/listen'],
    ['listen', '{ http: "8080" }', '#/listen/http'],
    ['listen', '{ http: 9090 }', '#/listen'],
    ['trustedProxies', '10.0.0.0/8', '#/trustedProxies'],
    ['publicOrigins', 'https://api.example.com', '#/publicOrigins'],
    ['publicOrigins', '[]', '#/publicOrigins'],
    ['throttling', '{ store: etcd }', '#/throttling/store'],
    ['waivers', '[{}]', '#/waivers/0'],
  ]
  for (const [key, value, pointer] of wrong) {
    const found = refused(project({ [key]: value }))
    assert.equal(found[0], pointer, `${key}: ${value}`)
  }
})

test('a version may be written as a number', () => {
  assert.deepEqual(diagnose(project({ version: '1.0' })), [])
})

test('trusted proxies are addresses or ranges', () => {
  assert.deepEqual(diagnose(project({ trustedProxies: '[10.0.0.0/8, "fd00::/8", 192.0.2.1, "::1"]' })), [])
  for (const range of ['10.0.0.0/33', '10.0.0/8', '10.0.0.0/', '10.0.0.0/08', 'fd00::/129', 'proxy', '10.0.0.1/8/8', 'fe80::1%eth0', '*']) {
    assert.deepEqual(refused(project({ trustedProxies: `["${range}"]` })), ['#/trustedProxies/0'], range)
  }
})

test('public origins are those of web servers, as browsers write them', () => {
  assert.deepEqual(diagnose(project({ publicOrigins: '[https://api.example.com, http://localhost:8080, "https://[::1]:8443"]' })), [])
  for (const origin of [
    '*',
    'null',
    'https://api.example.com/',
    'https://API.example.com',
    'https://api.example.com:443',
    'app://here',
    'api',
  ]) {
    assert.deepEqual(refused(project({ publicOrigins: `["${origin}"]` })), ['#/publicOrigins/0'], origin)
  }
})

test('limits and timeouts have bounds', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['limits', 'maxHead: 1B'],
    ['limits', 'maxHead: 2MiB'],
    ['limits', 'maxFields: 0'],
    ['limits', 'maxBody: 10'],
    ['limits', 'maxConnections: 1.5'],
    ['timeouts', 'head: 0s'],
    ['timeouts', 'head: off'],
    ['timeouts', 'connect: 2h'],
    ['timeouts', 'answer: 5'],
    ['timeouts', 'exchange: -1s'],
  ]
  for (const [section, line] of wrong) {
    assert.deepEqual(refused(project({ [section]: `{ ${line} }` })), [`#/${section}/${line.split(':')[0]}`], line)
  }
  assert.deepEqual(diagnose(project({ timeouts: '{ exchange: off, answer: 2m }', limits: '{ maxBody: 0B, maxUpstreamWaiting: 0 }' })), [])
})

test('values that an issuer cannot have', () => {
  const issuer = { issuer: 'https://idp.example.com', audiences: '[a]', keys: 'idp.pem' }
  const wrong: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ issuer: '' }, '#/issuers/0/issuer'],
    [{ issuer: '7' }, '#/issuers/0/issuer'],
    [{ audiences: '' }, '#/issuers/0/audiences'],
    [{ audiences: '[]' }, '#/issuers/0/audiences'],
    [{ audiences: 'sample' }, '#/issuers/0/audiences'],
    [{ audiences: '[a, any]' }, '#/issuers/0/audiences/1'],
    [{ audiences: '[7]' }, '#/issuers/0/audiences/0'],
    [{ algorithms: '[]' }, '#/issuers/0/algorithms'],
    [{ algorithms: 'ES256' }, '#/issuers/0/algorithms'],
    [{ clockSkew: '11m' }, '#/issuers/0/clockSkew'],
    [{ clockSkew: '500ms' }, '#/issuers/0/clockSkew'],
    [{ clockSkew: '5' }, '#/issuers/0/clockSkew'],
    [{ claims: '[scope]' }, '#/issuers/0/claims'],
    [{ claims: '{ scope: "a..b" }' }, '#/issuers/0/claims/scope'],
    [{ claims: '{ client: "a b" }' }, '#/issuers/0/claims/client'],
    [{ validateSubscriptions: 'maybe' }, '#/issuers/0/validateSubscriptions'],
  ]
  for (const [changes, pointer] of wrong) {
    const members = Object.entries({ ...issuer, ...changes }).map(([key, value]) => `${key}: ${value}`)
    const files = { ...project({ issuers: `[{ ${members.join(', ')} }]` }), 'idp.pem': ellipticKeys.publicKey }
    assert.deepEqual(refused(files), [pointer], JSON.stringify(changes))
  }
})

test('an issuer stands there once', () => {
  const lines = issuerLines('idp.pem')
  const files = projectWith(lines + lines.replace('issuers:\n', ''), { 'idp.pem': ellipticKeys.publicKey })
  assert.deepEqual(diagnose(files), ['postern.yaml:10:13 error invalid-project #/issuers/1/issuer'])
})

test('a waiver names a rule, a place, a reason and a day', () => {
  const waiver = { rule: 'path-with-fragment', at: '"#/paths"', reason: 'legacy', until: '2027-06-30' }
  const wrong: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ rule: 'path-with-fragments' }, '/rule'],
    [{ rule: 'constructor' }, '/rule'],
    [{ at: '/paths' }, '/at'],
    [{ at: '"#paths"' }, '/at'],
    [{ at: '"#/%zz"' }, '/at'],
    [{ reason: '" "' }, '/reason'],
    [{ until: 'never' }, '/until'],
    [{ until: '2027-02-30' }, '/until'],
    [{ until: '2027-6-30' }, '/until'],
  ]
  for (const [changes, member] of wrong) {
    const members = Object.entries({ ...waiver, ...changes }).map(([key, value]) => `${key}: ${value}`)
    assert.deepEqual(refused(project({ waivers: `[{ ${members.join(', ')} }]` })), [`#/waivers/0${member}`], JSON.stringify(changes))
  }
  assert.equal(
    findings(project({ waivers: '[{ rule: path-with-fragmnt, at: "#", reason: a, until: 2027-06-30 }]' }))[0]?.hint,
    'Did you mean `path-with-fragment`?',
  )
})

test('a project that is no mapping', () => {
  assert.deepEqual(diagnose({ 'postern.yaml': '- name: sample\n' }), ['postern.yaml:1:1 error invalid-project #'])
  assert.deepEqual(diagnose({ 'postern.yaml': '' }), ['postern.yaml:1:1 error invalid-project #'])
})
