import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCli } from './run-cli.ts'
import { sampleProject, writeProjectFile } from './sample-project.ts'

test('everything that applies is told with the line that says so', async (t) => {
  const folder = sampleProject(t)
  const { code, stdout, stderr } = await runCli(['explain', 'POST', '/bookshop/v1/books?x=1', folder])
  assert.deepEqual([code, stderr], [0, ''])
  // Each rule, and a text that stands in the line that it is said to come from.
  const rules = [
    ['operation', 'addBook: POST /bookshop/v1/books', 'post:'],
    ['API', 'Bookshop 1.0.0 at /bookshop/v1', 'url: /bookshop/v1'],
    ['security', 'token: books:write', 'oauth: [books:write]'],
    ['limit', 'Slow: 5 per 1m', 'throttle: Slow'],
    ['backend', '${BACKEND_URL} (upstream 0)', 'backend:'],
    ['body', 'at most 16 KiB', 'maxBody: 16KiB'],
    ['issuer', 'https://bookshop.dev.invalid', 'issuer:'],
  ] as const
  const lines = stdout.split('\n')
  assert.ok(lines.some((line) => /^ +exact +never exceeded in one gateway/.test(line)))
  for (const [kind, text, source] of rules) {
    const line = lines.find((candidate) => candidate.trimStart().startsWith(kind) && candidate.includes(text))
    assert.ok(line, `${kind} ${text} in\n${stdout}`)
    const place = /([\w.]+):(\d+)(?:,|$)/.exec(line)
    assert.ok(place, line)
    const [, file = '', number = ''] = place
    const written = readFileSync(join(folder, file), 'utf8').split('\n')[Number(number) - 1] ?? ''
    assert.ok(written.includes(source), `${source} at ${file}:${number}`)
  }
})

test('a bundle explains itself as its project does', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const request = ['explain', 'get', '/bookshop/v1/books/%31%37', '--json']
  const [project, bundle] = [await runCli([...request, folder]), await runCli([...request, join(folder, 'dist')])]
  assert.equal(bundle.stdout, project.stdout)
  assert.equal(JSON.parse(bundle.stdout).operation.id, 'getBook')
})

test('what no operation answers is explained as well', async (t) => {
  const folder = sampleProject(t)
  const missing = await runCli(['explain', 'GET', '/bookshop/v1/pens', folder])
  assert.equal(missing.code, 0)
  assert.match(missing.stdout, /404/)
  const method = await runCli(['explain', 'PUT', '/bookshop/v1/books', folder])
  assert.match(method.stdout, /405[\s\S]*Allow +GET, POST/)
  const target = await runCli(['explain', 'GET', '/bookshop/../books', folder])
  assert.match(target.stdout, /400/)
})

test('CORS is told with its line, and by `inspect` in short', async (t) => {
  const folder = sampleProject(t)
  const definition = readFileSync(join(folder, 'bookshop.yaml'), 'utf8')
  const cors = '{ origins: [https://app.example], methods: [POST], headers: [Authorization], credentials: true, maxAge: 10m }'
  writeProjectFile(folder, 'bookshop.yaml', definition.replace('x-postern:\n', `x-postern:\n  cors: ${cors}\n`))
  const row = async (method: string): Promise<string> => {
    const { stdout } = await runCli(['explain', method, '/bookshop/v1/books', folder])
    return stdout.split('\n').find((line) => line.trimStart().startsWith('CORS')) ?? ''
  }
  const said = 'https://app.example with credentials; headers authorization; exposes X-Request-Id, '
  assert.ok((await row('POST')).includes(said))
  assert.match(await row('POST'), /; remembered 10m +bookshop\.yaml:\d+$/)
  assert.match(await row('GET'), /no other origin: the method is not listed +bookshop\.yaml:\d+$/)
  const { stdout } = await runCli(['inspect', folder])
  assert.match(stdout, /POST +\/bookshop\/v1\/books .*CORS: https:\/\/app\.example with credentials/)
})

test('a path begins with a slash', async (t) => {
  assert.equal((await runCli(['explain', 'GET', 'books', sampleProject(t)])).code, 2)
})

test('what postern.yaml and WSO2’s extensions say is told with their lines, and only the rest is by default', async (t) => {
  const folder = sampleProject(t)
  const project = readFileSync(join(folder, 'postern.yaml'), 'utf8')
  writeProjectFile(folder, 'postern.yaml', `${project}\nlimits:\n  maxBody: 1MiB\ntimeouts:\n  exchange: 5m\n`)
  const definition = readFileSync(join(folder, 'bookshop.yaml'), 'utf8')
  const withExtensions = definition
    .replace('x-postern:\n', 'x-wso2-auth-header: X-Token\nx-postern:\n')
    .replace('operationId: listBooks', 'operationId: listBooks\n      x-scope: books:special')
  writeProjectFile(folder, 'bookshop.yaml', withExtensions)
  const { stdout, stderr } = await runCli(['explain', 'GET', '/bookshop/v1/books', folder])
  assert.equal(stderr, '')
  const row = (kind: string): string => stdout.split('\n').find((line) => line.trimStart().startsWith(kind)) ?? ''
  const place = (file: string, text: string): string => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n')
    return `${file}:${lines.findIndex((line) => line.includes(text)) + 1}`
  }
  assert.ok(row('security').endsWith(place('bookshop.yaml', 'x-scope')), stdout)
  assert.ok(row('token').endsWith(place('bookshop.yaml', 'x-wso2-auth-header')), stdout)
  assert.ok(row('body').endsWith(place('postern.yaml', 'maxBody: 1MiB')), stdout)
  assert.ok(row('exchange').endsWith(place('postern.yaml', 'exchange: 5m')), stdout)
  assert.ok(row('answer').endsWith('by default'), stdout)
})

test('an upgrade, and how long bodies and streams may rest', async (t) => {
  const folder = sampleProject(t)
  const definition = readFileSync(join(folder, 'bookshop.yaml'), 'utf8')
  const upgrade =
    '{ to: websocket, idle: off, life: 8h, tokenProtocol: bearer, maxFrame: 64KiB, limit: { frames: 5, bytes: 1MiB, per: 1s } }'
  const changed = definition.replace('operationId: listBooks', `operationId: listBooks\n      x-postern: { idle: 2m, upgrade: ${upgrade} }`)
  writeProjectFile(folder, 'bookshop.yaml', changed)
  const { stdout, stderr } = await runCli(['explain', 'GET', '/bookshop/v1/books', folder])
  assert.equal(stderr, '')
  assert.match(stdout, /idle +bodies may rest 2m, event streams and gRPC streams 2m +bookshop\.yaml:\d+/)
  const told =
    'to websocket, may rest without bound and live 8h, frames up to 64 KiB, 5 frames and 1 MiB per 1s, 100 for one consumer, token also as the subprotocol after bearer'
  assert.match(stdout, new RegExp(`upgrade +${told} +bookshop\\.yaml:\\d+`))
  assert.match((await runCli(['inspect', folder])).stdout, /GET +\/bookshop\/v1\/books .*upgrade to websocket/)
})

test('a method of a .proto file', async (t) => {
  const folder = temporaryFolder(t)
  const files = {
    'postern.yaml': `name: shop
version: 1.0.0
apis:
  - { definition: shop.proto, policy: shop.policy.yaml, backend: "http://127.0.0.1:9000" }
`,
    'shop.policy.yaml': `security: public
services:
  Orders:
    timeout: 1h
`,
    'shop.proto': 'syntax = "proto3";\npackage shop;\nservice Orders {\n  rpc Add(stream Order) returns (Order);\n}\n',
  }
  for (const [name, text] of Object.entries(files)) writeProjectFile(folder, name, text)
  const { stdout, stderr } = await runCli(['explain', 'POST', '/shop.Orders/Add', folder])
  assert.equal(stderr, '')
  assert.match(stdout, /operation +shop\.Orders\/Add: POST \/shop\.Orders\/Add +shop\.proto:4/)
  assert.match(stdout, /security +public +shop\.policy\.yaml:1/)
  assert.match(stdout, /body +a stream of any length +by default/)
  assert.match(stdout, /exchange +within 1h +shop\.policy\.yaml:4/)
  assert.match(stdout, /idle +bodies may rest 30s, event streams and gRPC streams without bound +by default/)
})

test('what the backend is told of callers, and where that is said', async (t) => {
  const folder = sampleProject(t)
  const project = readFileSync(join(folder, 'postern.yaml'), 'utf8')
  const lines = 'backendToken: { key: "${TOKEN_KEY}", lifetime: 5m }\nconsumerFields: { X-Consumer-Id: consumer }\n'
  writeProjectFile(folder, 'postern.yaml', `${project}${lines}`)
  const { stdout } = await runCli(['explain', 'POST', '/bookshop/v1/books', folder])
  assert.match(stdout, /told +a token in X-JWT-Assertion +postern\.yaml:\d+\n +told +X-Consumer-Id +postern\.yaml:\d+/)
  const { stdout: overview } = await runCli(['inspect', folder])
  assert.match(overview, /X-JWT-Assertion +a token of bookshop, for 5m, signed with \$\{TOKEN_KEY\} +postern\.yaml:\d+/)
  assert.match(overview, /X-Consumer-Id +consumer/)
})
