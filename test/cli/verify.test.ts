/** `postern verify`, and the signature that `postern build --sign` leaves. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { scaffold } from '../../src/cli/project-scaffold.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type CliResult, runCli } from './run-cli.ts'
import { writeProjectFile } from './sample-project.ts'

const passphrase = 'correct horse'
const folder = mkdtempSync(join(tmpdir(), 'postern-verify-'))
const project = join(folder, 'project')
const signed = join(folder, 'signed')
const [key, publicKey, otherKey] = ['release.key.pem', 'release.pub.pem', 'other.pub.pem'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]

before(async () => {
  for (const { path, content } of scaffold('bookshop', null)) writeProjectFile(project, path, content)
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(key, pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }))
  writeFileSync(publicKey, pair.publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(otherKey, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }))
  const built = await runCli(['build', project, '--out', signed, '--sign', key], { env: { POSTERN_KEY_PASSPHRASE: passphrase } })
  assert.equal(built.code, 0, built.stderr)
})

after(() => rmSync(folder, { recursive: true }))

/** A copy of the signed bundle that a test may alter. */
function bundle(t: TestContext): string {
  const copy = join(temporaryFolder(t), 'dist')
  cpSync(signed, copy, { recursive: true })
  return copy
}

function outcomes({ stdout }: CliResult): Readonly<Record<string, string>> {
  const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; outcome: string }[] }
  return Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]))
}

test('a bundle as it was built passes, with its key and its project', async () => {
  const result = await runCli(['verify', signed, '--key', publicKey, '--rebuild', project])
  assert.equal(result.code, 0, result.stderr)
  const told = result.stdout.split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 2))
  const names = ['SHA256SUMS', 'manifest', 'provenance', 'bill of materials', 'signature', 'rebuild']
  assert.deepEqual(
    told.slice(0, -1),
    names.map((name) => ['ok', name]),
  )
})

test('what nothing is held against is told, and is no failure', async () => {
  const result = await runCli(['verify', signed, '--json'])
  assert.equal(result.code, 0)
  assert.deepEqual([outcomes(result).signature, outcomes(result).rebuild], ['not-asked', 'not-asked'])
})

test('one byte more in any file is found, and the file is named', async (t) => {
  const signature = 'provenance.sigstore.json'
  for (const name of readdirSync(signed)) {
    const copy = bundle(t)
    appendFileSync(join(copy, name), ' ')
    const result = await runCli(['verify', copy, '--json'])
    assert.equal(result.code, 1, name)
    const { checks } = JSON.parse(result.stdout)
    const { detail } = checks.find(({ outcome }: { outcome: string }) => outcome === 'failed')
    const why: Readonly<Record<string, RegExp>> = {
      SHA256SUMS: /not as `postern build` writes it/,
      [signature]: /Postern has not written it/,
    }
    assert.match(detail, why[name] ?? new RegExp(`altered: ${name}$`))
  }
})

test('a bundle whose signature is damaged is not inspected, one that is whole is', async (t) => {
  const copy = bundle(t)
  assert.equal((await runCli(['inspect', copy])).code, 0)
  appendFileSync(join(copy, 'provenance.sigstore.json'), ' ')
  const { code, stderr } = await runCli(['inspect', copy])
  assert.equal(code, 2)
  assert.match(stderr, /altered: its provenance\.sigstore\.json is another/)
})

test('files that were exchanged together with their digests are not vouched for', async (t) => {
  const copy = bundle(t)
  const sums = readFileSync(join(copy, 'SHA256SUMS'), 'utf8')
  writeFileSync(join(copy, 'Dockerfile'), 'FROM elsewhere\n')
  const digest = createHash('sha256').update('FROM elsewhere\n').digest('hex')
  writeFileSync(join(copy, 'SHA256SUMS'), sums.replace(/^[0-9a-f]{64}(?= {2}Dockerfile$)/m, digest))
  const result = await runCli(['verify', copy, '--json'])
  assert.equal(result.code, 1)
  assert.deepEqual([outcomes(result).SHA256SUMS, outcomes(result).provenance], ['passed', 'failed'])
})

test('a file too many and one too few are found', async (t) => {
  const [more, fewer] = [bundle(t), bundle(t)]
  writeFileSync(join(more, 'preload.mjs'), '')
  rmSync(join(fewer, 'sbom.cdx.json'))
  assert.match((await runCli(['verify', more])).stdout, /FAILED +SHA256SUMS +not of the bundle: preload\.mjs/)
  assert.match((await runCli(['verify', fewer])).stdout, /FAILED +SHA256SUMS +missing: sbom\.cdx\.json/)
})

test('another key, and no signature where one is asked for, fail', async (t) => {
  const unsigned = bundle(t)
  rmSync(join(unsigned, 'provenance.sigstore.json'))
  for (const [copy, asked, why] of [
    [signed, otherKey, /FAILED +signature +the key does not verify it/],
    [unsigned, publicKey, /FAILED +signature +not signed/],
  ] as const) {
    const result = await runCli(['verify', copy, '--key', asked])
    assert.equal(result.code, 1)
    assert.match(result.stdout, why)
  }
})

test('a project with another document gives other bytes, and the document is named', async (t) => {
  const changed = join(temporaryFolder(t), 'project')
  cpSync(project, changed, { recursive: true })
  const [definition] = readdirSync(changed).filter((name) => name.endsWith('.yaml') && !['postern.yaml', 'policies.yaml'].includes(name))
  assert.ok(definition)
  appendFileSync(join(changed, definition), '# a remark\n')
  const result = await runCli(['verify', signed, '--rebuild', changed])
  assert.equal(result.code, 1)
  assert.match(result.stdout, new RegExp(`FAILED +rebuild +other bytes: .*; of other inputs: ${definition}`))
})

test('a private key, a project and a wrong passphrase are wrong usage', async () => {
  const usages = await Promise.all([
    runCli(['verify', signed, '--key', key]),
    runCli(['verify', project]),
    runCli(['build', project, '--sign', key, '--out', join(folder, 'never')], { env: { POSTERN_KEY_PASSPHRASE: 'wrong' } }),
  ])
  assert.deepEqual(
    usages.map(({ code }) => code),
    [2, 2, 2],
  )
  assert.match(usages[0].stderr, /holds no public key/)
  assert.match(usages[2].stderr, /POSTERN_KEY_PASSPHRASE/)
  assert.doesNotMatch(usages[2].stderr, /wrong/)
})
