import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeCertificate } from '../certificate.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCli } from './run-cli.ts'
import { sampleProject, writeProjectFile } from './sample-project.ts'

test('a project and the bundle that it makes look the same', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const [project, bundle] = [await runCli(['inspect', folder]), await runCli(['inspect', join(folder, 'dist')])]
  assert.deepEqual([project.code, project.stderr], [0, ''])
  assert.equal(project.stdout, bundle.stdout)
  const certificates = await Promise.all(
    [folder, join(folder, 'dist')].map((target) => runCli(['inspect', target, '--certificate', 'html'])),
  )
  assert.deepEqual(certificates[0], certificates[1])
  assert.match(certificates[0]!.stdout, /^<!DOCTYPE html>\n.*<code>sha256:[0-9a-f]{64}<\/code>.*<h2>Summary<\/h2>/s)
  for (const text of [
    'Bookshop 1.0.0',
    '/bookshop/v1/books/{id}',
    'token: books:read',
    'Standard + Slow',
    'EC P-256',
    'BACKEND_URL',
    'bookshop.yaml',
    'sha256:',
  ]) {
    assert.ok(bundle.stdout.includes(text), text)
  }
})

test('ports, what TLS needs and trusts, and the numbers of backends are shown', async (t) => {
  const folder = temporaryFolder(t)
  const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
  const notBefore = new Date('2026-01-01')
  const notAfter = new Date('2096-01-01')
  writeProjectFile(folder, 'idp.pem', publicKey)
  writeProjectFile(folder, 'ca.pem', makeCertificate({ subject: 'Clients', authority: true, notBefore, notAfter }))
  const operation = "get: { responses: { '200': { description: All } } }"
  for (const name of ['One', 'Two']) {
    const root = `openapi: 3.1.0\ninfo: { title: ${name}, version: 1.0.0 }\nx-wso2-transports: [https]\nx-wso2-mutual-ssl: mandatory\n`
    writeProjectFile(folder, `${name}.yaml`, `${root}paths:\n  /${name}:\n    ${operation}\n`)
  }
  writeProjectFile(
    folder,
    'postern.yaml',
    `name: shop
version: 1.0.0
apis:
  - { definition: One.yaml, security: token, backend: "http://127.0.0.1:9001" }
  - { definition: Two.yaml, security: token, backend: "\${TWO_URL}" }
issuers: [{ issuer: "https://idp.example.com", audiences: [shop], keys: idp.pem }]
clientCertificates: { authorities: [ca.pem], header: X-Client-Certificate }
listen: { http: 8000, https: 8444, admin: 0 }
trustedProxies: [10.0.0.0/8]
`,
  )
  const { code, stdout, stderr } = await runCli(['inspect', folder])
  assert.deepEqual([code, stderr], [0, ''])
  const sections = stdout.split(/\n(?=\S)/)
  const shown = (title: string): string => sections.find((section) => section.startsWith(title)) ?? ''
  assert.match(shown('Listeners'), /http +port 8000/)
  assert.match(shown('Listeners'), /https +port 8444 +required: POSTERN_TLS_CERT and POSTERN_TLS_KEY\n +postern.yaml: listen.https/)
  assert.match(shown('Listeners'), /admin +a free port/)
  assert.match(shown('Listeners'), /trusted proxies +10.0.0.0\/8/)
  assert.match(shown('Client certificates'), /CN=Clients[^\n]*\n +from trusted proxies +in x-client-certificate/)
  assert.match(shown('Backends'), /0 +http:\/\/127.0.0.1:9001 +postern.yaml:4\n +1 +\$\{TWO_URL\} +postern.yaml:5/)
})

test('--json is the manifest', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const { stdout } = await runCli(['inspect', join(folder, 'dist'), '--json'])
  assert.equal(stdout, readFileSync(join(folder, 'dist', 'manifest.json'), 'utf8'))
})

test('an altered bundle is not inspected', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  appendFileSync(join(folder, 'dist', 'gateway.mjs'), '\n')
  const { code, stdout, stderr } = await runCli(['inspect', join(folder, 'dist')])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /altered/)
})

test('nor is one whose Dockerfile is another; an image has neither that nor SHA256SUMS', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const bundle = join(folder, 'dist')
  appendFileSync(join(bundle, 'Dockerfile'), 'USER root\n')
  for (const args of [
    ['inspect', bundle],
    ['explain', 'GET', '/', bundle],
  ]) {
    const { code, stdout, stderr } = await runCli(args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /altered: its Dockerfile/)
  }
  rmSync(join(bundle, 'Dockerfile'))
  const { code, stderr } = await runCli(['inspect', bundle])
  assert.equal(code, 2)
  assert.match(stderr, /altered: it has no Dockerfile, which SHA256SUMS names/)
  rmSync(join(bundle, 'SHA256SUMS'))
  assert.equal((await runCli(['inspect', bundle])).code, 0)
})
