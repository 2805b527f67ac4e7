import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { TarEntry } from 'modern-tar'
import { baseImages } from '../../../src/image/base-images.ts'
import { BaseLayout } from '../../../src/image/base-layout.ts'
import { Blobs } from '../../../src/image/blobs.ts'
import { findNode } from '../../../src/image/find-node.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { BaseFixture, file, link, nodeText } from './base-fixture.ts'

type Options = Parameters<BaseFixture['image']>[1]

async function found(
  t: TestContext,
  layers: readonly (readonly TarEntry[])[],
  options: Options = {},
  path: string | null = null,
  bound?: number,
) {
  const folder = temporaryFolder(t)
  const fixture = new BaseFixture(join(folder, 'base'))
  fixture.index(await fixture.image(layers, options))
  const layout = await BaseLayout.open(fixture.folder, join(folder, 'work'))
  const [base] = await baseImages(layout, null, null)
  assert.ok(base !== undefined)
  const blobs = await Blobs.in(join(folder, 'out'))
  for (const { descriptor } of base.layers) await blobs.copy(descriptor, layout.blob(descriptor.digest))
  return findNode(base, blobs, path, bound)
}

const node24 = file('usr/local/bin/node', nodeText('24.21.0'))

test('Node is found in PATH, and its file says which it is', async (t) => {
  assert.deepEqual(await found(t, [[node24]]), { path: '/usr/local/bin/node', version: '24.21.0' })
})

test('whatever layers are compressed with', async (t) => {
  for (const compression of ['zstd', 'none'] as const) {
    assert.deepEqual(await found(t, [[node24]], { compression }), { path: '/usr/local/bin/node', version: '24.21.0' })
  }
  assert.deepEqual(await found(t, [[node24]], { docker: true }), { path: '/usr/local/bin/node', version: '24.21.0' })
})

test('the entry point comes first, and where distroless has it last', async (t) => {
  const distroless = file('nodejs/bin/node', nodeText('26.10.0'))
  const here = { path: '/nodejs/bin/node', version: '26.10.0' }
  assert.deepEqual(await found(t, [[distroless, node24]], { entrypoint: ['/nodejs/bin/node'] }), here)
  assert.deepEqual(await found(t, [[distroless]]), here)
})

test('links are followed, of files and of folders', async (t) => {
  const layers = [
    [link('bin', 'usr/bin'), link('usr/bin/node', '../../opt/node/bin/nodejs')],
    [file('opt/node/bin/node', nodeText('26.1.0')), link('opt/node/bin/nodejs', 'opt/node/bin/node', 'link')],
  ]
  assert.deepEqual(await found(t, layers, {}, '/bin/node'), { path: '/opt/node/bin/node', version: '26.1.0' })
})

test('links that lead in a circle lead nowhere', async (t) => {
  assert.equal(await found(t, [[link('usr/bin/node', '/usr/bin/nodejs'), link('usr/bin/nodejs', '/usr/bin/node')]]), null)
})

test('a later layer replaces and removes', async (t) => {
  assert.deepEqual(await found(t, [[node24], [file('usr/local/bin/node', nodeText('26.2.0'))]]), {
    path: '/usr/local/bin/node',
    version: '26.2.0',
  })
  assert.equal(await found(t, [[node24], [file('usr/local/bin/.wh.node', '')]]), null)
  assert.equal(await found(t, [[node24], [file('usr/.wh.local', '')]]), null)
  const opaque = [file('usr/local/bin/.wh..wh..opq', ''), file('usr/local/bin/node', nodeText('26.3.0'))]
  assert.deepEqual(await found(t, [[node24], opaque]), { path: '/usr/local/bin/node', version: '26.3.0' })
})

test('a file that does not say which Node it is has no version', async (t) => {
  assert.deepEqual(await found(t, [[file('usr/bin/node', '#!/bin/sh')]]), { path: '/usr/bin/node', version: null })
})

test('what a layer removes is of those below it, wherever in the layer that is said', async (t) => {
  const opaque = [file('usr/local/bin/node', nodeText('26.3.0')), file('usr/local/bin/.wh..wh..opq', '')]
  assert.deepEqual(await found(t, [[node24], opaque]), { path: '/usr/local/bin/node', version: '26.3.0' })
  assert.equal(await found(t, [[node24], [file('.wh..wh..opq', '')]]), null)
})

test('a base image can be read in bounded memory, or is refused', async (t) => {
  const links = [link('usr/lib/one', 'two'), link('usr/lib/two', 'x'.repeat(300))]
  assert.ok(await found(t, [[node24, ...links]], {}, null, 400))
  await assert.rejects(found(t, [[node24, ...links]], {}, null, 300), /its layers hold more links than can be followed/)
  await assert.rejects(found(t, [[node24], [file(`usr/lib/.wh.${'x'.repeat(300)}`, '')]], {}, null, 300), /more links than can be followed/)
})
