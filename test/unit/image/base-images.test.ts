import assert from 'node:assert/strict'
import { appendFileSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { packTar } from 'modern-tar'
import { baseImages } from '../../../src/image/base-images.ts'
import { BaseLayout } from '../../../src/image/base-layout.ts'
import { Blobs } from '../../../src/image/blobs.ts'
import { ImageError } from '../../../src/image/image-error.ts'
import { readPlatform } from '../../../src/image/oci.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { BaseFixture, file } from './base-fixture.ts'

const entries = [file('etc/hello', 'hello')]

function fixture(t: TestContext): BaseFixture {
  return new BaseFixture(join(temporaryFolder(t), 'base'))
}

async function imagesIn(path: string, wanted: readonly string[] | null = null, digest: string | null = null) {
  const layout = await BaseLayout.open(path, `${path}-work`)
  return baseImages(layout, wanted?.map((each) => readPlatform(each)!) ?? null, digest)
}

function refused(promise: Promise<unknown>, why: RegExp): Promise<void> {
  return assert.rejects(promise, (error) => error instanceof ImageError && why.test(error.message) && error.hint !== '')
}

test('one image needs no choice; of several the platform chooses, also within an index', async (t) => {
  const base = fixture(t)
  const [amd, arm] = [await base.image([entries]), await base.image([entries], { architecture: 'arm64' })]
  base.index(amd)
  assert.deepEqual(
    (await imagesIn(base.folder)).map(({ digest }) => digest),
    [amd.digest],
  )
  const index = base.json({ schemaVersion: 2, manifests: [amd, arm] }, 'application/vnd.oci.image.index.v1+json')
  base.index({ ...index, annotations: { 'io.containerd.image.name': 'registry.example.com/node:26' } })
  await refused(imagesIn(base.folder), /more than one base image.*linux\/amd64.*linux\/arm64/)
  const found = await imagesIn(base.folder, ['linux/arm64', 'linux/amd64'])
  assert.deepEqual(
    found.map(({ digest, name }) => [digest, name]),
    [
      [arm.digest, 'registry.example.com/node:26'],
      [amd.digest, 'registry.example.com/node:26'],
    ],
  )
  await refused(imagesIn(base.folder, ['linux/s390x']), /no base image for linux\/s390x/)
})

test('a digest pins an image, or an index with all that is in it', async (t) => {
  const base = fixture(t)
  const [one, two] = [await base.image([entries]), await base.image([[file('etc/other', 'x')]])]
  const index = base.json({ schemaVersion: 2, manifests: [two] }, 'application/vnd.oci.image.index.v1+json')
  base.index(one, index)
  await refused(imagesIn(base.folder), /more than one/)
  assert.deepEqual(
    (await imagesIn(base.folder, null, one.digest)).map(({ digest }) => digest),
    [one.digest],
  )
  assert.deepEqual(
    (await imagesIn(base.folder, null, index.digest)).map(({ digest }) => digest),
    [two.digest],
  )
  await refused(imagesIn(base.folder, null, `sha256:${'0'.repeat(64)}`), /The base image is not sha256:0+: there is/)
})

test('what is told of images is not taken for one', async (t) => {
  const base = fixture(t)
  const image = await base.image([entries])
  const attestation = {
    ...base.json({}, 'application/vnd.oci.image.manifest.v1+json'),
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  }
  base.index(image, attestation)
  assert.deepEqual(
    (await imagesIn(base.folder)).map(({ digest }) => digest),
    [image.digest],
  )
})

test('what the base tells of its layers is kept where it fits them', async (t) => {
  const base = fixture(t)
  const told = [
    { created_by: 'COPY x', created: '2026-01-01T00:00:00Z', author: { name: 'x' } },
    { created_by: 'ENV x', empty_layer: true },
  ]
  const [fits, other] = [await base.image([entries], { history: told }), await base.image([entries, [file('x', 'y')]], { history: told })]
  base.index(fits, other)
  const history = async (digest: string) => (await imagesIn(base.folder, null, digest))[0]?.history
  assert.deepEqual(await history(fits.digest), [
    { created: '2026-01-01T00:00:00Z', created_by: 'COPY x' },
    { created_by: 'ENV x', empty_layer: true },
  ])
  assert.deepEqual(await history(other.digest), [{ comment: 'base image' }, { comment: 'base image' }])
})

test('a layer whose bytes are others is not taken over', async (t) => {
  const base = fixture(t)
  base.index(await base.image([entries]))
  const [image] = await imagesIn(base.folder)
  const [layer] = image!.layers
  appendFileSync(join(base.folder, 'blobs', 'sha256', layer!.descriptor.digest.slice(7)), 'x')
  const blobs = await Blobs.in(join(base.folder, 'out'))
  await refused(blobs.copy(layer!.descriptor, join(base.folder, 'blobs', 'sha256', layer!.descriptor.digest.slice(7))), /damaged/)
})

test('a manifest whose bytes are others is not read', async (t) => {
  const base = fixture(t)
  const image = await base.image([entries])
  base.index(image)
  appendFileSync(join(base.folder, 'blobs', 'sha256', image.digest.slice(7)), ' ')
  await refused(imagesIn(base.folder), /is another/)
})

test('what is no image is refused with the reason', async (t) => {
  const base = fixture(t)
  const type = 'application/vnd.oci.image.manifest.v1+json'
  const config = base.json({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] } }, 'application/vnd.oci.image.config.v1+json')
  const layer = base.blob('x', 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip')
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ['[]', /index\.json is not an object/],
    ['{', /index\.json is not JSON/],
    [{ manifests: 'all' }, /manifests is not a list/],
    [{ manifests: [{ mediaType: type, digest: 'sha256:../../../../etc/passwd', size: 1 }] }, /not a SHA-256 digest/],
    [{ manifests: [{ mediaType: type, digest: layer.digest, size: -1 }] }, /no size/],
    [{ manifests: [base.json({ config, layers: [layer] }, type)] }, /not as many layers/],
    [{ manifests: [] }, /none/],
  ]
  for (const [index, why] of cases) {
    writeFileSync(join(base.folder, 'index.json'), typeof index === 'string' ? index : JSON.stringify(index))
    await refused(imagesIn(base.folder), why)
  }
  base.index(
    base.json(
      {
        config: base.json({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [layer.digest] } }, config.mediaType),
        layers: [layer],
      },
      type,
    ),
  )
  await refused(imagesIn(base.folder), /unknown type/)
  rmSync(join(base.folder, 'index.json'))
  await refused(imagesIn(base.folder), /it has no index\.json/)
})

test('an archive is a layout as well, and nothing else of it is unpacked', async (t) => {
  const base = fixture(t)
  const image = await base.image([entries])
  base.index(image)
  const names = globSync('**/*', { cwd: base.folder }).filter((name) => statSync(join(base.folder, name)).isFile())
  const archive = join(temporaryFolder(t), 'base.tar')
  const files = names.map((name) => ({
    header: { name: `./${name}`, type: 'file' as const, size: statSync(join(base.folder, name)).size },
    body: readFileSync(join(base.folder, name)),
  }))
  const foreign = [file('../outside', 'x'), file('blobs/sha256/../../../outside', 'x'), file('README', 'x')]
  const packed = await packTar([...files, ...foreign])
  writeFileSync(archive, packed)
  assert.deepEqual(
    (await imagesIn(archive)).map(({ digest }) => digest),
    [image.digest],
  )
  assert.deepEqual(globSync('**/outside', { cwd: join(archive, '..') }), [])
  assert.deepEqual(globSync('**/README', { cwd: join(archive, '..') }), [])
  writeFileSync(archive, Buffer.from(packed).subarray(0, 3000))
  await refused(imagesIn(archive), /not a tar archive|no file oci-layout/)
  writeFileSync(archive, 'nonsense')
  await refused(imagesIn(archive), /not a tar archive|no file oci-layout/)
})
