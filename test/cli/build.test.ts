import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCli } from './run-cli.ts'
import { sampleProject } from './sample-project.ts'

test('a build is a folder of files, told of on stderr', async (t) => {
  const folder = sampleProject(t)
  const { code, stdout, stderr } = await runCli(['build'], { cwd: folder })
  assert.deepEqual([code, stdout], [0, ''])
  assert.deepEqual(readdirSync(join(folder, 'dist')).toSorted(), [
    'Dockerfile',
    'SHA256SUMS',
    'gateway.mjs',
    'manifest.json',
    'provenance.json',
    'sbom.cdx.json',
  ])
  const digest = `sha256:${createHash('sha256')
    .update(readFileSync(join(folder, 'dist', 'gateway.mjs')))
    .digest('hex')}`
  assert.match(stderr, /^Built dist\/gateway\.mjs: 4 operations of 1 API, \d+ KiB, in /)
  assert.ok(stderr.includes(digest))
  assert.equal(JSON.parse(readFileSync(join(folder, 'dist', 'manifest.json'), 'utf8')).digest, digest)
})

test('--out says where, --json prints the manifest, --quiet nothing else', async (t) => {
  const folder = sampleProject(t)
  const out = join(folder, 'deep', 'gateway')
  const { code, stdout, stderr } = await runCli(['build', folder, '--out', out, '--json', '--quiet'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, readFileSync(join(out, 'manifest.json'), 'utf8'))
})

test('a failed build tells why and leaves the last bundle whole', async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const gateway = readFileSync(join(folder, 'dist', 'gateway.mjs'))
  writeFileSync(join(folder, 'bookshop.yaml'), 'openapi: 3.0.3\npaths: {')
  const { code, stdout, stderr } = await runCli(['build', folder])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /bookshop\.yaml:\d+:\d+ error malformed-yaml /)
  assert.deepEqual(readFileSync(join(folder, 'dist', 'gateway.mjs')), gateway)
})

test('a folder that holds something else is not replaced', async (t) => {
  const folder = sampleProject(t)
  const { code, stderr } = await runCli(['build', folder, '--out', folder])
  assert.equal(code, 2)
  assert.match(stderr, /is not replaced[\s\S]*--out/)
  assert.ok(readdirSync(folder).includes('postern.yaml'))
})

test('manifests of Kubernetes are written beside the bundle, for an image that cannot change', async (t) => {
  const folder = sampleProject(t)
  const digest = `sha256:${'a'.repeat(64)}`
  const image = `registry.example.com/bookshop@${digest}`
  const egress = 'egress: [{ host: books.internal, namespace: books, pods: { app: books } }]'
  appendFileSync(join(folder, 'postern.yaml'), `kubernetes: { settings: { BACKEND_URL: "https://books.internal" }, ${egress} }\n`)
  const { code, stderr } = await runCli(['build', '--kubernetes', '--image', image], { cwd: folder })
  assert.equal(code, 0, stderr)
  const deployment = readFileSync(join(folder, 'kubernetes', 'deployment.yaml'), 'utf8')
  const built: { readonly digest: string } = JSON.parse(readFileSync(join(folder, 'dist', 'manifest.json'), 'utf8'))
  assert.ok(deployment.includes(`image: ${image}\n`) && deployment.includes(`postern/digest: ${built.digest}\n`))

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--kubernetes'], /cannot change/],
    [['--image', 'bookshop:latest'], /no image with a digest/],
    [['--image', digest], /has no name/],
    [['--image', image, '--watch'], /Leave --watch out/],
    [['--image', image, '--kubernetes', 'dist'], /is not replaced/],
  ]
  for (const [options, why] of wrong) {
    const { code: refused, stderr: said } = await runCli(['build', ...options], { cwd: folder })
    assert.equal(refused, 2, said)
    assert.match(said, why)
  }
})

test('a project that a cluster could not run makes no manifests, and says why', async (t) => {
  const folder = sampleProject(t)
  const image = `registry.example.com/bookshop@sha256:${'a'.repeat(64)}`
  const { code, stderr } = await runCli(['build', '--kubernetes', '--image', image], { cwd: folder })
  assert.equal(code, 1)
  assert.match(stderr, /error kubernetes-egress .*BACKEND_URL/)
  assert.ok(!readdirSync(folder).includes('dist') && !readdirSync(folder).includes('kubernetes'))
})
