/** `postern verify` of images, and the proof that `postern image --proof` leaves beside them. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { packTar } from 'modern-tar'
import { scaffold } from '../../src/cli/project-scaffold.ts'
import { buildBundle } from '../behaviour/bundle.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { BaseFixture, file, nodeText } from '../unit/image/base-fixture.ts'
import { type CliResult, runCli } from './run-cli.ts'
import { writeProjectFile } from './sample-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-verify-image-'))
const [project, base, image, archive, proof, key, publicKey] = [
  'project',
  'base',
  'image',
  'image.tar',
  'proof',
  'release.key.pem',
  'release.pub.pem',
].map((name) => join(folder, name)) as [string, string, string, string, string, string, string]
let digest = ''

before(async () => {
  for (const { path, content } of scaffold('bookshop', null)) writeProjectFile(project, path, content)
  const pair = generateKeyPairSync('ed25519')
  writeFileSync(key, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(publicKey, pair.publicKey.export({ type: 'spki', format: 'pem' }))
  const bundle = await buildBundle(project)
  const fixture = new BaseFixture(base)
  fixture.index(await fixture.image([[file('usr/bin/node', nodeText('26.10.0'))]], { environment: ['PATH=/usr/bin'] }))
  const made = await runCli(['image', bundle, '--base', base, '--out', image, '--proof', proof, '--sign', key])
  assert.equal(made.code, 0, made.stderr)
  digest = made.stdout.trim()
  assert.equal((await runCli(['image', bundle, '--base', base, '--out', archive])).stdout.trim(), digest)
})

after(() => rmSync(folder, { recursive: true }))

function outcomes({ stdout }: CliResult): Readonly<Record<string, string>> {
  const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; outcome: string; detail: string }[] }
  return Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]))
}

function copyOf(t: TestContext, source: string): string {
  const copy = join(temporaryFolder(t), 'copy')
  cpSync(source, copy, { recursive: true })
  return copy
}

test('an image passes, as layout and as archive, with its proof, key and project', async () => {
  for (const path of [image, archive]) {
    const result = await runCli(['verify', path, '--proof', proof, '--key', publicKey, '--rebuild', project, '--json'])
    assert.equal(result.code, 0, result.stdout)
    const all = { image: 'passed', manifest: 'passed', provenance: 'passed', signature: 'passed', rebuild: 'passed' }
    assert.deepEqual(outcomes(result), all)
  }
})

test('its bill of materials is valid CycloneDX, and names base, Node and packages', async () => {
  const text = readFileSync(join(proof, 'sbom.cdx.json'), 'utf8')
  assert.equal(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text), null)
  const { metadata, components } = JSON.parse(text)
  assert.equal(metadata.component.version, digest)
  const named = components.map(({ name, type }: { name: string; type: string }) => `${type} ${name}`)
  for (const expected of ['application bookshop', 'library postern', 'platform node', 'container base image', 'file postern.yaml'])
    assert.ok(named.includes(expected), `${expected} in ${named.join(', ')}`)
})

test('one byte changed in any blob is found', async (t) => {
  for (const blob of readdirSync(join(image, 'blobs/sha256'))) {
    const copy = copyOf(t, image)
    const path = join(copy, 'blobs/sha256', blob)
    const bytes = readFileSync(path)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = bytes[middle]! ^ 1
    writeFileSync(path, bytes)
    const result = await runCli(['verify', copy, '--json'])
    assert.equal(result.code, 1, blob)
    assert.equal(outcomes(result).image, 'failed')
  }
})

test('another image does not pass with this proof, nor an altered proof', async (t) => {
  const copy = copyOf(t, image)
  const indexFile = join(copy, 'index.json')
  const index = JSON.parse(readFileSync(indexFile, 'utf8'))
  const manifest = JSON.parse(readFileSync(join(copy, 'blobs/sha256', digest.slice(7)), 'utf8'))
  const other = Buffer.from(JSON.stringify({ ...manifest, annotations: {} }))
  const hex = createHash('sha256').update(other).digest('hex')
  writeFileSync(join(copy, 'blobs/sha256', hex), other)
  index.manifests[0] = { ...index.manifests[0], digest: `sha256:${hex}`, size: other.length }
  writeFileSync(indexFile, JSON.stringify(index))
  const result = await runCli(['verify', copy, '--proof', proof, '--key', publicKey, '--json'])
  assert.equal(result.code, 1)
  assert.deepEqual([outcomes(result).image, outcomes(result).provenance], ['passed', 'failed'])

  const altered = copyOf(t, proof)
  writeFileSync(join(altered, 'sbom.cdx.json'), '{}')
  assert.match((await runCli(['verify', image, '--proof', altered])).stdout, /FAILED +provenance +it does not vouch for sbom\.cdx\.json/)
  const statement = join(altered, 'provenance.json')
  writeFileSync(statement, readFileSync(statement, 'utf8').replace('bookshop', 'bookshops'))
  assert.match((await runCli(['verify', image, '--proof', altered, '--key', publicKey])).stdout, /FAILED +signature/)

  const damaged = copyOf(t, proof)
  writeFileSync(join(damaged, 'provenance.sigstore.json'), `${readFileSync(join(proof, 'provenance.sigstore.json'), 'utf8')} `)
  assert.match((await runCli(['verify', image, '--proof', damaged])).stdout, /FAILED +signature +it was altered/)
})

test('what leads other tools to another image is found, though every blob is whole and signed', async (t) => {
  const outcomeWith = async (spoil: (copy: string) => void): Promise<CliResult> => {
    const copy = copyOf(t, image)
    spoil(copy)
    return runCli(['verify', copy, '--proof', proof, '--key', publicKey])
  }
  const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
  const otherConfig = await outcomeWith((copy) => {
    const [entry] = json(join(copy, 'manifest.json'))
    const evil = JSON.stringify({ ...json(join(copy, entry.Config)), config: { User: '0', Entrypoint: ['/bin/sh'] } })
    const hex = createHash('sha256').update(evil).digest('hex')
    writeFileSync(join(copy, 'blobs/sha256', hex), evil)
    writeFileSync(join(copy, 'manifest.json'), JSON.stringify([{ ...entry, Config: `blobs/sha256/${hex}` }]))
  })
  assert.equal(otherConfig.code, 1, otherConfig.stdout)
  assert.match(otherConfig.stdout, /FAILED +image .*manifest\.json names another image/)
  // Keys in another case, which Go takes for the same.
  const inOtherCase = await outcomeWith((copy) => {
    const [entry] = json(join(copy, 'manifest.json'))
    writeFileSync(join(copy, 'manifest.json'), JSON.stringify([{ ...entry, config: 'blobs/sha256/0' }]))
  })
  assert.match(inOtherCase.stdout, /FAILED +image .*manifest\.json names another image/)
  const index = await outcomeWith((copy) => {
    const path = join(copy, 'index.json')
    writeFileSync(path, JSON.stringify({ ...json(path), Manifests: [] }))
  })
  assert.match(index.stdout, /FAILED +image .*its index has the key "Manifests"/)
  const foreign = await outcomeWith((copy) => writeFileSync(join(copy, 'repositories'), '{}'))
  assert.match(foreign.stdout, /FAILED +image .*"repositories" is no part of it/)
})

test('a file that an archive holds twice, or besides, is found', async (t) => {
  const withEntry = async (name: string): Promise<CliResult> => {
    const copy = join(temporaryFolder(t), 'image.tar')
    const end = Buffer.from(await packTar([file(name, '[]')]))
    // Two empty blocks end an archive.
    writeFileSync(copy, Buffer.concat([readFileSync(archive).subarray(0, -1024), end]))
    return runCli(['verify', copy])
  }
  assert.match((await withEntry('manifest.json')).stdout, /FAILED +image .*"manifest\.json" is no part of it, or there twice/)
  assert.match((await withEntry('./repositories')).stdout, /FAILED +image .*"\.\/repositories" is no part of it/)
})

test('an image that starts something else, or Node with more rights, is found without a proof as well', async (t) => {
  type Config = { config: { Entrypoint: string[]; Env: string[] } }
  const outcomeWith = async (spoil: (config: Config['config']) => void): Promise<string> => {
    const copy = copyOf(t, image)
    const put = (content: string): string => {
      const hex = createHash('sha256').update(content).digest('hex')
      writeFileSync(join(copy, 'blobs/sha256', hex), content)
      return `sha256:${hex}`
    }
    const read = (path: string) => JSON.parse(readFileSync(join(copy, path), 'utf8'))
    const manifest = read(`blobs/sha256/${digest.slice(7)}`)
    const config: Config = read(`blobs/sha256/${manifest.config.digest.slice(7)}`)
    spoil(config.config)
    const text = JSON.stringify(config)
    const spoilt = JSON.stringify({ ...manifest, config: { ...manifest.config, digest: put(text), size: text.length } })
    const index = read('index.json')
    index.manifests[0] = { ...index.manifests[0], digest: put(spoilt), size: spoilt.length }
    writeFileSync(join(copy, 'index.json'), JSON.stringify(index))
    rmSync(join(copy, 'manifest.json'))
    return (await runCli(['verify', copy, '--rebuild', project])).stdout
  }
  assert.match(await outcomeWith(() => {}), /ok +image/)
  for (const spoil of [
    (words: string[]) => words.unshift('/bin/sh'),
    (words: string[]) => words.splice(words.indexOf('--permission'), 1),
    (words: string[]) => words.splice(1, 0, '--import=/usr/lib/more.mjs'),
    (words: string[]) => words.splice(1, 0, '--allow-child-process'),
  ])
    assert.match(await outcomeWith(({ Entrypoint }) => spoil(Entrypoint)), /FAILED +image .*its entry point is not Node/)
  assert.match(await outcomeWith((config) => Object.assign(config, { User: '0' })), /FAILED +image .*does not run as 65532/)
  assert.match(await outcomeWith((config) => Object.assign(config, { WorkingDir: '/tmp' })), /FAILED +image .*does not run as 65532/)
  assert.match(
    await outcomeWith((config) => Object.assign(config, { Healthcheck: { Test: ['CMD', '/x'] } })),
    /FAILED +image .*"Healthcheck"/,
  )
  assert.match(await outcomeWith(({ Env }) => Env.push('NODE_OPTIONS=--require=/x.js')), /FAILED +image .*NODE_OPTIONS/)
})

test('a key without a proof fails, and a base image is no gateway', async () => {
  assert.match((await runCli(['verify', image, '--key', publicKey])).stdout, /FAILED +signature +not signed/)
  assert.match((await runCli(['verify', base])).stdout, /FAILED +image .*does not start a gateway/)
})
