/** Layers that somebody else has made: how much may be in them, and what is no layer. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { packTar, type TarEntry } from 'modern-tar'
import { ImageError } from '../../../src/image/image-error.ts'
import { diffIdOf, layerEntries } from '../../../src/image/read-layer.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { file, link } from './base-fixture.ts'

async function namesIn(t: TestContext, content: Uint8Array, most?: number): Promise<readonly string[]> {
  const layer = join(temporaryFolder(t), 'layer')
  writeFileSync(layer, content)
  const names: string[] = []
  for await (const { header, body } of layerEntries(layer, 'application/vnd.oci.image.layer.v1.tar', most)) {
    names.push(header.name)
    await body.cancel()
  }
  return names
}

const tar = (...entries: readonly TarEntry[]): Promise<Uint8Array> => packTar([...entries])

test('a layer holds as many entries as it may, and not one more', async (t) => {
  const layer = await tar(file('one', '1'), link('two', 'one'), file('three', '3'))
  assert.deepEqual(await namesIn(t, layer, 3), ['one', 'two', 'three'])
  await assert.rejects(namesIn(t, layer, 2), /a layer holds more than 2 files/)
})

test('a path that no system takes is refused, of an entry and of a link', async (t) => {
  const [longest, longer] = ['x'.repeat(4096), 'x'.repeat(4097)]
  assert.deepEqual(await namesIn(t, await tar(link(longest, longest))), [longest])
  for (const entry of [file(longer, ''), link('short', longer)]) {
    await assert.rejects(namesIn(t, await tar(entry)), /a path of more than 4096 characters/)
  }
})

test('what is no tar archive, or only the beginning of one, is told as such', async (t) => {
  const layer = await tar(file('one', '1'))
  for (const content of [Buffer.from('x'.repeat(2000)), layer.subarray(0, 700)]) {
    await assert.rejects(namesIn(t, content), (error) => error instanceof ImageError && /a layer is not a tar archive/.test(error.message))
  }
})

test('what cannot be unpacked is told as such', async (t) => {
  const layer = join(temporaryFolder(t), 'layer')
  writeFileSync(layer, 'not compressed')
  for (const type of ['gzip', 'zstd']) {
    await assert.rejects(
      diffIdOf(layer, `application/vnd.oci.image.layer.v1.tar+${type}`),
      (error) => error instanceof ImageError && /a layer cannot be unpacked/.test(error.message),
    )
  }
})
