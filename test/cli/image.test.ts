/** `postern image` upon base images that are made up, so that nothing large is compressed. What is run stands in test/container. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'
import { scaffold } from '../../src/cli/project-scaffold.ts'
import type { ImageRecord } from '../../src/image/image-record.ts'
import { buildBundle } from '../behaviour/bundle.ts'
import { makeImage } from '../container/petstore-image.ts'
import { BaseFixture, file, nodeText, type StoredDescriptor } from '../unit/image/base-fixture.ts'
import { runCli } from './run-cli.ts'
import { writeProjectFile } from './sample-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-image-'))
const base = join(folder, 'base')
let bundle: string
let amd: StoredDescriptor
let arm: StoredDescriptor

before(async () => {
  for (const { path, content } of scaffold('bookshop', null)) writeProjectFile(join(folder, 'project'), path, content)
  bundle = await buildBundle(join(folder, 'project'))
  const fixture = new BaseFixture(base)
  const environment = ['PATH=/usr/bin', 'NODE_OPTIONS=--allow-child-process', 'COMPANY=example']
  amd = await fixture.image([[file('usr/bin/node', nodeText('26.10.0'))]], { environment })
  arm = await fixture.image([[file('usr/bin/node', nodeText('24.21.0'))]], { environment, architecture: 'arm64' })
  fixture.index(amd, arm)
})
after(() => rmSync(folder, { recursive: true, force: true }))

function blobOf(layout: string, digest: string): Buffer {
  return readFileSync(join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length)))
}

function jsonOf(layout: string, digest: string) {
  return JSON.parse(blobOf(layout, digest).toString('utf8'))
}

test('an image is built upon a base for each platform, and both stand in one index', async () => {
  const out = join(folder, 'both')
  const { code, stdout, stderr } = await runCli([
    'image',
    bundle,
    '--base',
    base,
    '--platform',
    'linux/amd64,linux/arm64',
    '--out',
    out,
    '--record',
    `${out}.json`,
  ])
  assert.equal(code, 0, stderr)
  const record = JSON.parse(readFileSync(`${out}.json`, 'utf8')) as ImageRecord
  assert.equal(stdout, `${record.digest}\n`)
  assert.equal(JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')).manifests[0].digest, record.digest)
  const { manifests } = jsonOf(out, record.digest)
  assert.deepEqual(
    manifests.map((each: { platform: { architecture: string } }) => each.platform.architecture),
    ['amd64', 'arm64'],
  )
  for (const [index, { digest, base: upon, node, layers }] of record.platforms.entries()) {
    const { config, annotations } = jsonOf(out, digest)
    const run = jsonOf(out, config.digest)
    assert.deepEqual(upon, { kind: 'layout', digest: [amd, arm][index]!.digest, name: null })
    assert.equal(annotations['org.opencontainers.image.base.digest'], upon.kind === 'layout' ? upon.digest : '')
    assert.equal(run.config.User, '65532:65532')
    assert.equal(run.config.Entrypoint.includes('--allow-net'), node.major === 26)
    // What would loosen the flags of the entry point does not come along.
    assert.deepEqual(run.config.Env, ['PATH=/usr/bin', 'COMPANY=example', 'NODE_ENV=production'])
    assert.deepEqual(
      run.rootfs.diff_ids,
      layers.map(({ diffId }) => diffId),
    )
  }
  const own = record.platforms.map(({ layers }) => layers.at(-1)!)
  assert.deepEqual(own[0], own[1], 'one layer of the gateway for both')
  const entries = await unpackTar(gunzipSync(blobOf(out, own[0]!.digest)))
  assert.deepEqual(
    entries.map(({ header: { name, mode } }) => [name, mode]),
    [
      ['etc/', 0o755],
      ['etc/postern/', 0o755],
      ['gateway/', 0o755],
      ['gateway/gateway.mjs', 0o444],
      ['gateway/manifest.json', 0o444],
    ],
  )
})

test('folder, time zone, language and umask leave no trace, and SOURCE_DATE_EPOCH is the time of all', async () => {
  const elsewhere = join(folder, 'else where')
  mkdirSync(elsewhere)
  const args = ['--base', base, '--base-digest', amd.digest]
  const first = await makeImage([bundle, ...args, '--out', join(folder, 'one.tar')], { umask: '022', cwd: folder, env: { TZ: 'UTC' } })
  const second = await makeImage([bundle, ...args, '--out', 'two.tar'], {
    umask: '077',
    cwd: elsewhere,
    env: { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' },
  })
  assert.deepEqual(second, first)
  assert.deepEqual(readFileSync(join(elsewhere, 'two.tar')), readFileSync(join(folder, 'one.tar')))
  assert.equal(statSync(join(elsewhere, 'two.tar')).mode & 0o777, 0o644)
  const dated = await makeImage([bundle, ...args, '--out', join(folder, 'dated')], {
    umask: '022',
    cwd: folder,
    env: { SOURCE_DATE_EPOCH: '1700000000' },
  })
  assert.notEqual(dated.digest, first.digest)
  assert.equal(jsonOf(join(folder, 'dated'), dated.digest).annotations['org.opencontainers.image.created'], '2023-11-14T22:13:20Z')
})

test('an image replaces the last one, and leaves nothing beside it; anything else is not replaced', async () => {
  const out = join(folder, 'replaced')
  const args = ['image', bundle, '--base', base, '--base-digest', amd.digest]
  for (let time = 0; time < 2; time++) assert.equal((await runCli([...args, '--out', out])).code, 0)
  assert.deepEqual(readdirSync(out).toSorted(), ['blobs', 'index.json', 'manifest.json', 'oci-layout'])
  assert.ok(!readdirSync(folder).some((name) => name.startsWith('.postern-')))
  writeFileSync(join(out, 'thesis.txt'), 'years of work')
  const { code, stderr } = await runCli([...args, '--out', out])
  assert.equal(code, 2)
  assert.match(stderr, /holds thesis\.txt.*not replaced[\s\S]*--out/)
  assert.ok(existsSync(join(out, 'thesis.txt')))
})

test('threads, readable and writable places and a tag are as they were asked for', async () => {
  const out = join(folder, 'asked')
  const args = [
    '--base',
    base,
    '--base-digest',
    amd.digest,
    '--workers',
    '--read',
    '/run/secrets',
    '--write',
    '/data',
    '--tag',
    'registry.example.com/shop:9',
  ]
  const record = await makeImage([bundle, ...args, '--out', out], { umask: '022', cwd: folder, env: {} })
  const [{ entrypoint }] = record.platforms as [ImageRecord['platforms'][number]]
  for (const flag of ['--allow-worker', '--allow-fs-read=/run/secrets/*', '--allow-fs-write=/data/*'])
    assert.ok(entrypoint.includes(flag), flag)
  const [{ annotations }] = JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')).manifests
  assert.equal(annotations['io.containerd.image.name'], 'registry.example.com/shop:9')
  assert.equal(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))[0].RepoTags[0], 'registry.example.com/shop:9')
})

test('what cannot be made an image of is refused with what to do, and nothing is written', async () => {
  const out = join(folder, 'refused')
  const image = ['image', bundle, '--out', out]
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [image, /--base/],
    [[...image, '--base', join(folder, 'nowhere')], /There is no .*nowhere\.\n.*OCI layout/],
    [[...image, '--base', 'docker://node:26-slim'], /in a registry[\s\S]*postern lock --base docker:\/\/[\s\S]*--locked/],
    [[...image, '--base', 'scratch'], /has no Node[\s\S]*--base host/],
    [[...image, '--base', base], /more than one base image[\s\S]*--platform/],
    [[...image, '--base', base, '--platform', 'Linux'], /not a platform/],
    [[...image, '--base', base, '--read', '/a,/'], /not an absolute path/],
    [['image', join(folder, 'project'), '--base', base, '--out', out], /is a project[\s\S]*dist/],
  ]
  for (const [args, why] of cases) {
    const { code, stdout, stderr } = await runCli(args)
    assert.deepEqual([code, stdout], [2, ''], `${args.join(' ')}\n${stderr}`)
    assert.match(stderr, why)
  }
  assert.ok(!existsSync(out))
})
