/** Registries that say what is not so. Each is plain http on this machine; what a real one gives is in test/cli/lock-registry.test.ts. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Waiting } from '../../../../src/cli/lock/attempts.ts'
import { FetchError } from '../../../../src/cli/lock/bounded-fetch.ts'
import { digestNow, fetchBase } from '../../../../src/cli/lock/fetch-base.ts'
import { readImageReference } from '../../../../src/cli/lock/image-reference.ts'
import { Registry } from '../../../../src/cli/lock/registry.ts'
import { Report } from '../../../../src/cli/report.ts'
import { dockerTypes, mediaTypes } from '../../../../src/image/oci.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { BaseFixture, file, nodeText, type StoredDescriptor } from '../../image/base-fixture.ts'
import { type Page, server } from './page-server.ts'

type Stage = { readonly pages: Map<string, Page>; readonly layout: BaseFixture; readonly image: StoredDescriptor }

/** A registry with one image, `base:26`; `pages` are what it answers instead at a path after `/v2/base/`. */
async function registry(t: TestContext): Promise<Stage & { readonly host: string; readonly asked: IncomingMessage[] }> {
  const layout = new BaseFixture(temporaryFolder(t))
  const image = await layout.image([[file('usr/bin/node', nodeText('26.1.0'))]])
  const pages = new Map<string, Page>([['manifests/26', stored(layout, image)]])
  const served = await server(t, (request, answer) => {
    const path = request.url?.slice('/v2/base/'.length) ?? ''
    const own = pages.get(path)
    if (own !== undefined) return own(request, answer)
    const blob = join(layout.folder, 'blobs/sha256', path.split(':')[1] ?? 'none')
    return existsSync(blob) ? answer.end(readFileSync(blob)) : answer.writeHead(404).end()
  })
  return { ...served, pages, layout, image }
}

function stored(layout: BaseFixture, { digest, mediaType }: StoredDescriptor): Page {
  return (_, answer) =>
    answer.writeHead(200, { 'content-type': mediaType }).end(readFileSync(join(layout.folder, 'blobs/sha256', digest.slice(7))))
}

/** Serves JSON that is nowhere stored, as it may be wrong. */
const json =
  (value: unknown, type: string = mediaTypes.manifest): Page =>
  (_, answer) =>
    answer.writeHead(200, { 'content-type': type }).end(JSON.stringify(value))

/** Milliseconds that were waited, in a time that stands still. */
const waited: number[] = []
const waiting: Waiting = { now: () => Date.UTC(2026, 0, 1), wait: async (milliseconds) => waited.push(milliseconds) }

async function lock(t: TestContext, host: string, digest: string | null = null, project = temporaryFolder(t)): Promise<string> {
  const reference = readImageReference(`docker://${host}/base:26`)
  try {
    return await fetchBase(project, { reference, platforms: 'all', digest, plainHttp: true }, new Report(), waiting)
  } finally {
    assert.deepEqual(
      readdirSync(project).filter((name) => name !== 'locked'),
      [],
    )
    const left = existsSync(join(project, 'locked')) ? readdirSync(join(project, 'locked')) : []
    assert.ok(
      left.every((name) => name === 'base'),
      `nothing half-written: ${left}`,
    )
  }
}

const layerOf = (layout: BaseFixture, { digest }: StoredDescriptor): StoredDescriptor =>
  JSON.parse(readFileSync(join(layout.folder, 'blobs/sha256', digest.slice(7)), 'utf8')).layers[0]

test('a blob that is another, shorter or without end is not taken, and the last image stands', async (t) => {
  const { host, pages, layout, image } = await registry(t)
  const project = temporaryFolder(t)
  assert.equal(await lock(t, host, null, project), image.digest)
  const next = await layout.image([[file('usr/bin/node', nodeText('26.2.0'))]])
  const { digest, size } = layerOf(layout, next)
  pages.set('manifests/26', stored(layout, next))
  let sent = 0
  const endless: Page = (_, answer) => {
    const more = (): void => {
      while (!answer.destroyed && answer.write(Buffer.alloc(65_536))) sent += 65_536
    }
    answer.on('drain', more)
    more()
  }
  for (const page of [
    endless,
    (_, answer) => answer.end(Buffer.alloc(size)),
    (_, answer) => answer.end('short'),
    (_, answer) => answer.writeHead(200, { 'content-length': size }).write('short', () => answer.destroy()),
    (_, answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(10)),
  ] satisfies Page[]) {
    pages.set(`blobs/${digest}`, page)
    await assert.rejects(lock(t, host, null, project), /its blob sha256:\w+ is another|ends in the middle/)
    assert.equal(JSON.parse(readFileSync(join(project, 'locked/base/index.json'), 'utf8')).manifests[0].digest, image.digest)
  }
  assert.ok(sent < 64 * 1024 * 1024)
  pages.delete(`blobs/${digest}`)
  assert.equal(await lock(t, host, null, project), next.digest)
})

test('a manifest that is another, too large, or two things at once is not taken', async (t) => {
  const { host, pages, layout, image } = await registry(t)
  const other = await layout.image([[file('usr/bin/node', nodeText('26.2.0'))]])
  pages.set(`manifests/${image.digest}`, stored(layout, other))
  await assert.rejects(lock(t, host, image.digest), /gives another image than sha256:/)
  const { config, layers } = JSON.parse(readFileSync(join(layout.folder, 'blobs/sha256', image.digest.slice(7)), 'utf8'))
  const whole = { schemaVersion: 2, config, layers }
  for (const [page, message] of [
    [json({ ...whole, manifests: [] }), /neither a manifest nor an index/],
    [json({ ...whole, mediaType: mediaTypes.index }), /neither a manifest nor an index/],
    [json({ ...whole, mediaType: mediaTypes.manifest }, dockerTypes.manifest), /neither a manifest nor an index/],
    [
      json({ schemaVersion: 1, fsLayers: [] }, 'application/vnd.docker.distribution.manifest.v1+prettyjws'),
      /neither a manifest nor an index/,
    ],
    [json([]), /is not an object/],
    [(_, answer) => answer.end('{'), /is not JSON/],
    [(_, answer) => answer.end(Buffer.alloc(5_000_000, 0x20)), /has more than 4 MB/],
    [json({ ...whole, layers: [{ ...layers[0], size: 2 ** 40 }] }), /more than 8 GiB/],
    [json({ ...whole, layers: [{ ...layers[0], size: -1 }] }), /has no size/],
    [json({ ...whole, layers: [{ ...layers[0], digest: 'sha256:../../../../etc/passwd' }] }), /not a SHA-256 digest/],
    [json({ ...whole, layers: Array(121).fill(layers[0]) }), /not a list of at most 120/],
    [json({ ...whole, layers: [{ ...layers[0], mediaType: 'text/plain' }] }), /of an unknown type/],
  ] as readonly (readonly [Page, RegExp])[]) {
    pages.set('manifests/26', page)
    await assert.rejects(lock(t, host), message)
  }
})

test('indexes that lead to each other, without end or without images, are not followed', async (t) => {
  const { host, asked, pages, layout, image } = await registry(t)
  const index = (...manifests: readonly unknown[]): StoredDescriptor => layout.json({ schemaVersion: 2, manifests }, mediaTypes.index)
  let chain: StoredDescriptor = image
  for (let depth = 0; depth < 3; depth++) chain = index(chain)
  pages.set('manifests/26', stored(layout, chain))
  await assert.rejects(lock(t, host), /nested too deep/)
  const itself = `sha256:${createHash('sha256').update('itself').digest('hex')}`
  const loop = { schemaVersion: 2, manifests: [{ mediaType: mediaTypes.index, digest: itself, size: 200 }] }
  pages.set('manifests/26', json(loop, mediaTypes.index)).set(`manifests/${itself}`, json(loop, mediaTypes.index))
  await assert.rejects(lock(t, host), /its blob sha256:\w+ is another/)
  pages.set('manifests/26', stored(layout, index({ ...image, platform: { os: 'linux\u001b[2J', architecture: 'amd64' } })))
  await assert.rejects(lock(t, host), /its platform is none/)
  pages.set('manifests/26', stored(layout, index()))
  await assert.rejects(lock(t, host), /no image that runs/)
  pages.set('manifests/26', stored(layout, index(...Array(201).fill(image))))
  await assert.rejects(lock(t, host), /not a list of at most 200/)
  assert.ok(asked.length < 20)
})

test('a credential goes to the registry alone, and nobody else may ask for it', async (t) => {
  const { host, asked, pages, layout, image } = await registry(t)
  const login = join(temporaryFolder(t), 'auth.json')
  writeFileSync(login, JSON.stringify({ auths: { [host]: { auth: Buffer.from('user:secret').toString('base64') } } }))
  const { REGISTRY_AUTH_FILE = '' } = process.env
  process.env.REGISTRY_AUTH_FILE = login
  t.after(() => {
    process.env.REGISTRY_AUTH_FILE = REGISTRY_AUTH_FILE
  })
  const guarded =
    (page: Page): Page =>
    (request, answer) =>
      request.headers.authorization === undefined
        ? answer.writeHead(401, { 'www-authenticate': 'Basic realm="images"' }).end()
        : page(request, answer)
  const { digest } = layerOf(layout, image)
  const elsewhere = await server(t, (_, answer) => answer.end(readFileSync(join(layout.folder, 'blobs/sha256', digest.slice(7)))))
  const redirected =
    (to: string): Page =>
    (_, answer) =>
      answer.writeHead(307, { location: to }).end()
  pages.set('manifests/26', guarded(stored(layout, image)))
  pages.set(`blobs/${digest}`, guarded(redirected(`http://${elsewhere.host}/store?signature=secret`)))
  assert.equal(await lock(t, host), image.digest)
  assert.deepEqual(
    elsewhere.asked.map(({ headers }) => headers.authorization),
    [undefined],
  )
  assert.equal(
    asked.find(({ url }) => url?.includes(digest))?.headers.authorization,
    `Basic ${Buffer.from('user:secret').toString('base64')}`,
  )

  const greedy = await server(t, (_, answer) => answer.writeHead(401, { 'www-authenticate': 'Basic realm="images"' }).end())
  pages.set(`blobs/${digest}`, guarded(redirected(`http://${greedy.host}/store?signature=secret`)))
  const refused = await lock(t, host).catch((error: unknown) => error)
  assert.ok(refused instanceof FetchError && /answers 401/.test(refused.message) && !/secret/.test(refused.message))
  assert.deepEqual(
    greedy.asked.map(({ headers }) => headers.authorization),
    [undefined],
  )

  for (const realm of ['http://192.0.2.1/token', 'file:///etc/passwd', 'token']) {
    pages.set('manifests/26', (_, answer) => answer.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="a"` }).end())
    await assert.rejects(lock(t, host), /names a token service that is not https/)
  }
})

test('a token that has run out is asked for again', async (t) => {
  const { host, pages, layout, image } = await registry(t)
  const service = await server(t, (_, answer) => answer.end(JSON.stringify({ access_token: `token-${service.asked.length}` })))
  const challenge = `Bearer realm="http://${service.host}/token",service="images"`
  const guarded =
    (page: Page): Page =>
    (request, answer) =>
      request.headers.authorization === `Bearer token-${service.asked.length}` && service.asked.length > 1
        ? page(request, answer)
        : answer.writeHead(401, { 'www-authenticate': challenge }).end()
  const { digest } = layerOf(layout, image)
  const refusedOnce = join(layout.folder, 'blobs/sha256', digest.slice(7))
  pages.set('manifests/26', (request, answer) =>
    request.headers.authorization === 'Bearer token-1'
      ? stored(layout, image)(request, answer)
      : answer.writeHead(401, { 'www-authenticate': challenge }).end(),
  )
  pages.set(
    `blobs/${digest}`,
    guarded((_, answer) => answer.end(readFileSync(refusedOnce))),
  )
  assert.equal(await lock(t, host), image.digest)
  assert.equal(service.asked.length, 2)
})

test('what a tag stands for is asked of registries that say no digest, too', async (t) => {
  const { host, asked, image } = await registry(t)
  const reference = readImageReference(`docker://${host}/base:26`)
  assert.equal(await digestNow({ reference, platforms: null, digest: null, plainHttp: true }), image.digest)
  assert.deepEqual(
    asked.map(({ method }) => method),
    ['HEAD', 'GET'],
  )
})

test('what lies in the project already is looked at as if it came from afar', async (t) => {
  const { host, pages, layout, image } = await registry(t)
  pages.set(`manifests/${image.digest}`, stored(layout, image))
  const project = temporaryFolder(t)
  const blobs = join(project, 'locked/base/blobs/sha256')
  mkdirSync(blobs, { recursive: true })
  // It has no end.
  symlinkSync('/dev/zero', join(blobs, image.digest.slice(7)))
  assert.equal(await lock(t, host, image.digest, project), image.digest)
  assert.ok(lstatSync(join(blobs, image.digest.slice(7))).isFile())
})

test('redirects lead to https, and not without end', async (t) => {
  const { host, pages } = await registry(t)
  for (const [location, message] of [
    ['http://192.0.2.1/', /redirects to what is not https/],
    ['file:///etc/passwd', /redirects to what is not https/],
    ['http://', /redirects to what is no address/],
    ['/v2/base/manifests/26', /redirects more than 5 times/],
  ] as const) {
    pages.set('manifests/26', (_, answer) => answer.writeHead(302, { location }).end())
    await assert.rejects(lock(t, host), message)
  }
})

test('a port that fetch does not ask is told as such', async (t) => {
  await assert.rejects(lock(t, '127.0.0.1:6000'), /fetch asks nobody at this port/)
})

test('who falls silent is given up', async (t) => {
  const { host, pages, layout, image } = await registry(t)
  const { digest } = layerOf(layout, image)
  pages.set('manifests/26', () => {}).set(`blobs/${digest}`, (_, answer) => answer.writeHead(200).write('x'))
  const asked = new Registry(readImageReference(`docker://${host}/base:26`), {
    plainHttp: true,
    patience: { silence: 100, whole: 600_000 },
    waiting,
  })
  await assert.rejects(asked.manifest('26'), /nothing came for 0\.1 s/)
  const whole = async (): Promise<void> => {
    for await (const piece of asked.blob(digest)) assert.equal(piece.length, 1)
  }
  await assert.rejects(whole(), /nothing came for 0\.1 s/)
})

test('plain http is for this machine, where that is said', () => {
  const reference = readImageReference('docker://registry.example.com/base:26')
  const patience = { silence: 1000, whole: 1000 }
  assert.throws(() => new Registry(reference, { plainHttp: true, patience, waiting }), /is not on this machine/)
})
