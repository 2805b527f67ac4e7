/** What `explain` and `inspect` tell of credentials: which, where, with which scopes, when revoked, and what the backend hears of callers. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCli } from './run-cli.ts'
import { writeProjectFile } from './sample-project.ts'

const answers = "responses: { '200': { description: An answer } }"

const definition = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
x-wso2-auth-header: X-T
components:
  securitySchemes:
    login: { type: http, scheme: bearer }
    user: { type: http, scheme: basic }
    key: { type: apiKey, in: header, name: X-API-Key }
paths:
  /both: { get: { security: [{ key: [], login: ["books:write", "books:all"] }], ${answers} } }
  /plain: { get: { security: [{ user: [admin] }, { login: [] }], ${answers} } }
  /user: { get: { security: [{ user: [] }], ${answers} } }
  /open: { get: { security: [], ${answers} } }
  /apart:
    get:
      security: [{ login: [] }]
      x-postern:
        backendToken: false
        consumerFields: false
        forwardCredential: true
        issuers: ["https://two.example"]
      ${answers}
`

const restOfProject = {
  'api-keys.yaml': `keys:
  - { id: one, digest: "sha256:9b4fb24edd6d1d8830e272398263cdbf026b97392cc35387b991dc0248a628f9", consumer: partner, scopes: [] }
`,
  'users.yaml': `users:
  - { name: alice, password: "scrypt$16384$8$1$BwcHBwcHBwcHBwcHBwcHBw$BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc" }
`,
}

function shop(t: TestContext, lines: readonly string[] = []): string {
  const folder = temporaryFolder(t)
  const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
  writeProjectFile(folder, 'idp.pem', publicKey)
  writeProjectFile(folder, 'shop.yaml', definition)
  for (const [path, text] of Object.entries(restOfProject)) writeProjectFile(folder, path, text)
  const project = [
    'name: shop',
    'version: 1.0.0',
    'apis:',
    '  - { definition: shop.yaml, backend: "http://127.0.0.1:9000" }',
    'issuers:',
    '  - { issuer: "https://one.example", audiences: [shop], keys: idp.pem }',
    '  - { issuer: "https://two.example", audiences: [shop], keys: idp.pem }',
    'apiKeys: api-keys.yaml',
    'users: users.yaml',
    ...lines,
  ]
  writeProjectFile(folder, 'postern.yaml', `${project.join('\n')}\n`)
  return folder
}

/** Rows of one kind, without what only aligns them. */
async function told(folder: string, path: string, kind: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runCli(['explain', 'GET', path, folder])
  assert.equal(code, 0, stderr)
  const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/))
  return rows.filter(([name]) => name === kind).map((row) => row.slice(1).join(' | '))
}

function lineOf(text: string, searched: string): number {
  return text.split('\n').findIndex((line) => line.includes(searched)) + 1
}

test('scopes stand beside the credential that must have them', async (t) => {
  const folder = shop(t)
  const at = (path: string): string => `shop.yaml:${lineOf(definition, path)}`
  assert.deepEqual(await told(folder, '/both', 'security'), [`token (books:all and books:write) with API key | ${at('/both')}`])
  assert.deepEqual(await told(folder, '/plain', 'security'), [`user and password (admin), or token | ${at('/plain')}`])
  const { stdout } = await runCli(['inspect', folder])
  assert.match(stdout, /\/both +token \(books:all and books:write\) with API key /)
  const { stdout: json } = await runCli(['explain', 'GET', '/both', folder, '--json'])
  assert.deepEqual(JSON.parse(json).operation.security.alternatives[0].credentials, [
    { kind: 'token', scopes: ['books:all', 'books:write'] },
    { kind: 'apiKey', scopes: [] },
  ])
})

test('each kind of credential has its own place', async (t) => {
  const folder = shop(t)
  const header = `shop.yaml:${lineOf(definition, 'x-wso2-auth-header')}`
  assert.deepEqual(await told(folder, '/plain', 'token'), [`in the field x-t | ${header}`])
  assert.deepEqual(await told(folder, '/plain', 'password'), ['in the field authorization | by default'])
  assert.deepEqual(await told(folder, '/user', 'token'), [])
  assert.deepEqual(await told(folder, '/both', 'API key'), [`in header x-api-key | shop.yaml:${lineOf(definition, '/both')}`])
  assert.deepEqual(await told(folder, '/both', 'password'), [])
})

test('who is denied, whatever the operation, and what confines an API key', async (t) => {
  const folder = shop(t)
  writeProjectFile(folder, 'policies.yaml', 'deny:\n  - { user: mallory, not: { method: GET } }\n')
  for (const path of ['/both', '/open'])
    assert.deepEqual(await told(folder, path, 'denied'), ['user mallory and not method GET | policies.yaml:2'])
  const key = 'digest: "sha256:9b4fb24edd6d1d8830e272398263cdbf026b97392cc35387b991dc0248a628f9"'
  const [confined, free] = ['scopes: [a, b], addresses: [10.1.0.0/16], referrers: ["https://shop.example/*"]', 'consumer: partner']
  writeProjectFile(folder, 'api-keys.yaml', `keys:\n  - { id: one, ${key}, ${confined} }\n`)
  assert.match(
    (await runCli(['inspect', folder])).stdout,
    /one +for one +a b +all APIs +10\.1\.0\.0\/16, https:\/\/shop\.example +no expiry/,
  )
  writeProjectFile(folder, 'api-keys.yaml', `keys:\n  - { id: one, ${key}, ${free} }\n`)
  assert.match((await runCli(['inspect', folder])).stdout, /one +for partner +no scopes +all APIs +from anywhere +no expiry/)
})

test('what is followed of each source of revocations', async (t) => {
  const feeds = [
    '{ type: list, url: "https://revoked.example/list" }',
    '{ type: etcd, endpoints: ["${E}"] }',
    '{ type: redis, url: "${R}" }',
    '{ type: amqp, url: "${A}" }',
    '{ type: amqp10, url: "${B}", topic: "a/${REPLICA}" }',
  ]
  const { stdout } = await runCli(['inspect', shop(t, [`revocation: { feeds: [${feeds.join(', ')}] }`])])
  assert.match(stdout, /list +https:\/\/revoked\.example\/list +postern\.yaml:10/)
  assert.match(stdout, /etcd +\$\{E\}, \/postern\/revoked\/ +postern\.yaml:10/)
  assert.match(stdout, /redis +\$\{R\}, postern:revoked +postern\.yaml:10/)
  assert.match(stdout, /amqp +\$\{A\}, amq\.topic tokenRevocation +postern\.yaml:10/)
  assert.match(stdout, /amqp10 +\$\{B\}, a\/\$\{REPLICA\} +postern\.yaml:10/)
})

test('what becomes of revoked credentials, and when it is not known what is revoked', async (t) => {
  const feed = '{ type: list, url: "https://revoked.example/list", every: 10s }'
  const denied = shop(t, [`revocation: { feeds: [${feed}], onStale: { after: 5m } }`])
  const revoked = '401 for tokens and API keys that are revoked'
  assert.deepEqual(await told(denied, '/both', 'revocation'), [
    `${revoked}; while a feed is stale (5m), 503 for all of them | postern.yaml:10`,
  ])
  const tokens = '401 for tokens that are revoked; while a feed is stale (5m), 503 for all of them'
  assert.deepEqual(await told(denied, '/plain', 'revocation'), [`${tokens} | postern.yaml:10`])
  for (const path of ['/user', '/open']) assert.deepEqual(await told(denied, path, 'revocation'), [])
  const allowed = shop(t, [`revocation: { feeds: [${feed}], onStale: { action: allow } }`])
  assert.deepEqual(await told(allowed, '/both', 'revocation'), [
    `${revoked}; while a feed is stale (2m), all others are served | postern.yaml:10`,
  ])
  const { stdout } = await runCli(['inspect', denied])
  assert.match(stdout, /when stale +deny after 300 s/)
  const own = definition.replace('/plain: { get: {', '/plain: { get: { x-postern: { onStale: { after: 30s } },')
  writeProjectFile(denied, 'shop.yaml', own)
  const place = `postern.yaml:10, stale at shop.yaml:${lineOf(own, '/plain')}`
  assert.deepEqual(await told(denied, '/plain', 'revocation'), [`${tokens.replace('5m', '30s')} | ${place}`])
  const { stdout: inspected } = await runCli(['inspect', denied])
  assert.match(inspected, /when stale +deny after 30 s, for 1 of 5 operations +shop\.yaml:\d+/)
  const baked = shop(t, ['revocation: { snapshot: revoked.yaml }'])
  writeProjectFile(baked, 'revoked.yaml', '- { apiKey: one }\n')
  assert.deepEqual(await told(baked, '/both', 'revocation'), [`${revoked} | postern.yaml:10`])
  assert.deepEqual(await told(shop(t), '/both', 'revocation'), [])
})

test('a token that a module of the project validates is not looked for among the revoked', async (t) => {
  const folder = shop(t, ['revocation: { snapshot: revoked.yaml }', 'extensions: { validateToken: extensions/own.ts }'])
  writeProjectFile(folder, 'revoked.yaml', '- { apiKey: one }\n')
  writeProjectFile(folder, 'extensions/own.ts', 'export function validateToken() {\n  return null\n}\n')
  assert.deepEqual(await told(folder, '/both', 'revocation'), ['401 for API keys that are revoked | postern.yaml:10'])
  assert.deepEqual(await told(folder, '/plain', 'revocation'), [])
})

test('what the backend is told, each with its own line, also where it is told otherwise', async (t) => {
  const folder = shop(t, ['backendToken: { key: "${TOKEN_KEY}" }', 'consumerFields: { X-Consumer-Id: consumer }'])
  assert.deepEqual(await told(folder, '/both', 'told'), ['a token in X-JWT-Assertion | postern.yaml:10', 'X-Consumer-Id | postern.yaml:11'])
  const at = (key: string): string => `shop.yaml:${lineOf(definition, `${key}:`)}`
  assert.deepEqual(await told(folder, '/apart', 'told'), [
    `no token | ${at('backendToken')}`,
    `no consumer fields | ${at('consumerFields')}`,
    `the caller’s own credential | ${at('forwardCredential')}`,
  ])
  assert.deepEqual(await told(folder, '/open', 'told'), [])
})

test('the overview has what is particular to an operation', async (t) => {
  const folder = shop(t, ['backendToken: { key: "${TOKEN_KEY}" }', 'consumerFields: { X-Consumer-Id: consumer }'])
  const { code, stdout } = await runCli(['inspect', folder])
  assert.equal(code, 0)
  const row = (path: string): string => stdout.split('\n').find((line) => line.includes(` ${path} `)) ?? ''
  const particulars = 'tokens of https://two.example only, no backend token, no consumer fields, caller’s own credential'
  assert.ok(row('/apart').includes(particulars), stdout)
  for (const path of ['/both', '/open']) assert.doesNotMatch(row(path), /only|no backend token|own credential/)
  writeProjectFile(folder, 'shop.yaml', definition.replace('x-wso2-auth-header: X-T', 'x-wso2-transports: [https]'))
  const { stdout: secured } = await runCli(['inspect', folder])
  assert.match(secured, /\/both .*https only/)
})
