import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Security } from '../../../../src/compiler/model/types/security.ts'
import { openapi, readDefinition, said } from './read-definition.ts'

const schemes = `components:
  securitySchemes:
    oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://a, scopes: { read: r, write: w } } } }
    basic: { type: http, scheme: basic }
    mutual: { type: mutualTLS }
    key: { type: apiKey, in: header, name: X-API-Key }
`

/** What GET /pets asks for, with lines at the root and at the operation. */
function read(
  root: string,
  operation: string,
  security: 'token' | 'public' | null = null,
): { security: Security; found: readonly string[] } {
  const text = openapi(`${root}\npaths:\n  /pets:\n    get:\n      ${operation}\n      summary: x\n${schemes}`)
  const reading = readDefinition(text, { security: security === null ? null : said(security) })
  return { security: reading.operation('GET /pets').security, found: reading.found }
}

/** Short form: `public`, `unsaid`, or alternatives as `scheme:scope+scope & scheme`. */
function short(security: Security): string | readonly string[] {
  if (security.kind !== 'required') return security.kind
  return security.requirements.map(({ schemes: all }) =>
    all
      .map(({ name, scopes }) => [name ?? '*', scopes.map(({ value }) => value).join('+')].filter((part) => part !== '').join(':'))
      .join(' & '),
  )
}

const of = (root: string, operation: string, security: 'token' | 'public' | null = null): string | readonly string[] => {
  const result = read(root, operation, security)
  assert.deepEqual(result.found, [])
  return short(result.security)
}

test('alternatives are kept, and so are the schemes that go together', () => {
  assert.deepEqual(of('', 'security: [{ oauth: [read, write] }, { oauth: [], basic: [] }, {}]'), ['oauth:read+write', 'oauth & basic', ''])
})

test('the operation’s goes before the root’s; an empty list is public', () => {
  const root = 'security: [{ oauth: [read] }]'
  assert.deepEqual(of(root, ''), ['oauth:read'])
  assert.deepEqual(of(root, 'security: [{ basic: [] }]'), ['basic'])
  assert.equal(of(root, 'security: []'), 'public')
  assert.equal(of('security: []', ''), 'public')
})

test('where nobody says anything, the project does, or it is unsaid', () => {
  assert.equal(of('', ''), 'unsaid')
  assert.deepEqual(of('', '', 'token'), ['*'])
  assert.equal(of('', '', 'public'), 'public')
  assert.deepEqual(of('security: [{ oauth: [] }]', '', 'public'), ['oauth'])
  assert.equal(of('security: []', '', 'token'), 'public')
})

test('every part knows its place', () => {
  const { security } = read('security: [{ oauth: [read] }]', '')
  assert.ok(security.kind === 'required')
  const [requirement] = security.requirements
  const [scheme] = requirement?.schemes ?? []
  assert.deepEqual(
    [security.at, requirement?.at, scheme?.at, scheme?.scopes[0]?.at].map((at) => at && `${at.line}:${at.column} ${at.pointer}`),
    ['3:11 #/security', '3:12 #/security/0', '3:14 #/security/0/oauth', '3:22 #/security/0/oauth/0'],
  )
})

test('schemes are looked up where they are declared', () => {
  const { security } = read('', 'security: [{ oauth: [], basic: [], other: [], constructor: [] }]')
  assert.ok(security.kind === 'required')
  assert.deepEqual(
    security.requirements[0]?.schemes.map(({ scheme }) => scheme),
    [
      { kind: 'token', type: 'oauth2', declaredScopes: new Set(['read', 'write']) },
      { kind: 'basic' },
      { kind: 'undefined' },
      { kind: 'undefined' },
    ],
  )
})

test('security that cannot be read lets nobody in', () => {
  const { security, found } = read('', 'security: [oauth]', 'public')
  assert.deepEqual(short(security), [])
  assert.deepEqual(found, ['7:18 invalid-definition #/paths/~1pets/get/security/0'])
})

test('WSO2’s disable-security: the operation’s goes before the root’s', () => {
  const secured = 'security: [{ oauth: [] }]'
  assert.equal(of(`${secured}\nx-wso2-disable-security: true`, ''), 'public')
  assert.deepEqual(of(`${secured}\nx-wso2-disable-security: true`, 'x-wso2-disable-security: false'), ['oauth'])
  assert.equal(of(secured, 'x-wso2-disable-security: true'), 'public')
  assert.equal(of('x-wso2-disable-security: false', ''), 'unsaid')
})

test('x-auth-type disables security where it is None, and says nothing else', () => {
  assert.equal(of('security: [{ oauth: [] }]', 'x-auth-type: None'), 'public')
  assert.deepEqual(of('security: [{ oauth: [] }]', 'x-auth-type: Application'), ['oauth'])
  assert.equal(of('', 'x-auth-type: Application'), 'unsaid')
})

test('x-postern.public is public, and says where', () => {
  const { security } = read('security: [{ oauth: [] }]', 'x-postern: { public: true }')
  assert.equal(security.kind, 'public')
  assert.equal(security.at.pointer, '#/paths/~1pets/get/x-postern/public')
})

test('application security of oauth2 asks for a token; scopes stay, other schemes do not count', () => {
  const application = 'x-wso2-application-security: { security-types: [oauth2], optional: false }'
  assert.deepEqual(of(application, ''), ['*'])
  assert.deepEqual(of(application, 'security: []'), ['*'])
  assert.deepEqual(of(application, '', 'public'), ['*'])
  assert.deepEqual(of(application, 'security: [{ basic: [] }]'), ['*'])
  assert.deepEqual(of(application, 'security: [{ oauth: [read], basic: [] }, { basic: [] }, {}]'), ['oauth:read'])
  assert.deepEqual(of('security: [{ basic: [] }]', application), ['*'])
  assert.equal(of(application, 'x-wso2-disable-security: true'), 'public')
  assert.equal(of('x-wso2-application-security: { security-types: [] }', ''), 'unsaid')
})

test('application security of oauth2 takes no client certificate away', () => {
  const application = 'x-wso2-application-security: { security-types: [oauth2] }'
  assert.deepEqual(of(application, 'security: [{ mutual: [] }]'), ['mutual & *'])
  assert.deepEqual(of(application, 'security: [{ mutual: [], basic: [] }, { oauth: [read], mutual: [] }]'), [
    'mutual & *',
    'oauth:read & mutual',
  ])
})

test('application security of several types: each is an alternative, and has the scopes', () => {
  const application = (types: string): string => `x-wso2-application-security: { security-types: [${types}] }`
  const secured = 'security: [{ oauth: [read] }]'
  assert.deepEqual(of(application('basic_auth'), ''), ['*'])
  assert.deepEqual(of(application('oauth2, basic_auth'), secured), ['oauth:read', '*:read'])
  assert.deepEqual(of(application('oauth2, api_key'), secured), ['oauth:read', '*:read', '*:read'])
  assert.deepEqual(of(application('basic_auth'), 'security: [{ basic: [] }, { oauth: [read] }]'), ['basic'])
  assert.deepEqual(of(application('basic_auth'), 'security: [{ oauth: [read], mutual: [] }]'), ['mutual & *:read'])
  assert.deepEqual(of(application('api_key'), 'security: [{ key: [] }, { oauth: [] }]'), ['key'])
  const { security } = read(application('basic_auth, api_key'), '')
  assert.ok(security.kind === 'required')
  assert.deepEqual(
    security.requirements.map(({ schemes: [first] }) => first?.scheme),
    [{ kind: 'basic' }, { kind: 'apiKey', in: 'header', name: 'apikey' }, { kind: 'apiKey', in: 'query', name: 'apikey' }],
  )
})

test('application security is optional where a certificate is mandatory, and nowhere else', () => {
  const optional = 'x-wso2-application-security: { security-types: [oauth2], optional: true }'
  assert.deepEqual(of(`x-wso2-mutual-ssl: mandatory\n${optional}`, 'security: [{ oauth: [read] }]'), ['', 'oauth:read'])
  const own = 'x-wso2-application-security: { optional: true }'
  assert.deepEqual(of('x-wso2-mutual-ssl: mandatory', `security: [{ basic: [] }]\n      ${own}`), ['', 'basic'])
  assert.equal(of('x-wso2-mutual-ssl: mandatory', own), 'unsaid')
  for (const root of ['', 'x-wso2-mutual-ssl: optional\n']) {
    const { found } = read(`${root}${optional}`, '')
    assert.match(found.join(), /^\d:68 conflicting-extensions #\/x-wso2-application-security\/optional$/)
  }
})

test('x-scope replaces the scopes, declared or not', () => {
  assert.deepEqual(of('', 'security: [{ oauth: [read] }, { basic: [] }]\n      x-scope: admin'), ['oauth:admin', 'basic:admin'])
  assert.deepEqual(of('', 'x-scope: admin', 'token'), ['*:admin'])
  const { security } = read('', 'security: [{ oauth: [read] }]\n      x-scope: admin')
  assert.ok(security.kind === 'required')
  assert.deepEqual(security.requirements[0]?.schemes[0]?.scheme, { kind: 'token', type: 'oauth2', declaredScopes: null })
  assert.deepEqual(read('', 'security: [{ oauth: [] }]\n      x-scope: a b').found, ['8:16 invalid-extension #/paths/~1pets/get/x-scope'])
})

test('the field that carries the token', () => {
  const header = (root: string): string | null => {
    const { security } = read(root, 'security: [{ oauth: [] }]')
    return security.kind === 'required' ? security.header : null
  }
  assert.equal(header(''), 'authorization')
  assert.equal(header('x-wso2-auth-header: X-API-Token'), 'x-api-token')
})
