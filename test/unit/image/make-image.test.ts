/** What no image can be made of, and what only the user knows. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { TarEntry } from 'modern-tar'
import type { Manifest } from '../../../src/contract/manifest.ts'
import { Blobs } from '../../../src/image/blobs.ts'
import { ImageError } from '../../../src/image/image-error.ts'
import { type BaseChoice, makeImage } from '../../../src/image/make-image.ts'
import { readPlatform } from '../../../src/image/oci.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { BaseFixture, file, nodeText } from './base-fixture.ts'

type Given = {
  readonly base?: Partial<Extract<BaseChoice, { kind: 'layout' }>>
  readonly persist?: string
  readonly platform?: string
  readonly altered?: boolean
}

async function made(t: TestContext, entries: readonly TarEntry[], { base = {}, persist, platform, altered = false }: Given = {}) {
  const folder = temporaryFolder(t)
  const fixture = new BaseFixture(join(folder, 'base'))
  fixture.index(await fixture.image([entries]))
  const gatewayFile = Buffer.from('export {}')
  const digest = `sha256:${createHash('sha256').update(gatewayFile).digest('hex')}`
  // What an image is told of a gateway.
  const manifest = {
    name: 'shop',
    version: '1',
    digest: altered ? 'sha256:other' : digest,
    listeners: { http: 8080, https: 8443, admin: 0 },
    revocation: persist === undefined ? null : { persist },
  } as unknown as Manifest
  const request = {
    gateway: { manifest, gatewayFile, manifestFile: Buffer.from('{}') },
    base: { kind: 'layout', path: fixture.folder, digest: null, name: null, node: null, nodeMajor: null, ...base } as const,
    platforms: platform === undefined ? null : [readPlatform(platform)!],
    allowed: { read: [], write: [], workers: false },
    epochSeconds: 0,
  }
  return makeImage(request, await Blobs.in(join(folder, 'out')), folder, () => {})
}

function refused(promise: Promise<unknown>, why: RegExp): Promise<void> {
  return assert.rejects(promise, (error) => error instanceof ImageError && why.test(error.message) && error.hint !== '')
}

const good = [file('usr/bin/node', nodeText('26.10.0'))]

test('a base without Node, or with one that is too old, is refused', async (t) => {
  await refused(made(t, [file('usr/bin/perl', '')]), /linux\/amd64 has no Node/)
  await refused(made(t, good, { base: { node: '/opt/node' } }), /has no \/opt\/node/)
  await refused(made(t, [file('usr/bin/node', nodeText('22.23.3'))]), /Node 22\.23\.3; a gateway needs 24/)
})

test('a Node that does not say which it is has to be told, and one that does is believed', async (t) => {
  const silent = [file('usr/bin/node', '')]
  await refused(made(t, silent), /cannot be seen/)
  await refused(made(t, silent, { base: { nodeMajor: 22 } }), /a gateway needs 24/)
  await refused(made(t, good, { base: { nodeMajor: 24 } }), /is Node 26\.10\.0, not 24/)
  const { platforms } = await made(t, silent, { base: { nodeMajor: 26 } })
  assert.deepEqual(platforms[0]?.node, { path: '/usr/bin/node', version: null, major: 26 })
})

test('a bundle that changed while it was read is refused', (t) => refused(made(t, good, { altered: true }), /altered while it was read/))

test('the folder of kept revocations may be written to, and belongs to the gateway', async (t) => {
  const flagsFor = async (persist: string) =>
    (await made(t, good, { persist })).platforms[0]?.entrypoint.filter((flag) => flag.includes('-fs-write'))
  assert.deepEqual(await flagsFor('/data/revoked'), ['--allow-fs-write=/data/revoked/*'])
  assert.deepEqual(await flagsFor('${REVOCATION_DIR:-}'), ['--allow-fs-write=/var/lib/postern/*'])
})
