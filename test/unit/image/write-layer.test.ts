import assert from 'node:assert/strict'
import { chmodSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'
import { Blobs } from '../../../src/image/blobs.ts'
import type { LayerEntry } from '../../../src/image/layer-entries.ts'
import { writeLayer } from '../../../src/image/write-layer.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const entries: readonly LayerEntry[] = [
  {
    kind: 'file',
    path: '/gateway/gateway.mjs',
    mode: 0o444,
    content: Buffer.from('export {}'),
    origin: { kind: 'bundle', path: 'gateway.mjs' },
  },
  { kind: 'folder', path: '/var/lib/postern', mode: 0o700, owner: 65532 },
  { kind: 'file', path: '/etc/group', mode: 0o644, content: Buffer.from('root:x:0:\n'), origin: { kind: 'written' } },
]

async function written(t: TestContext, all: readonly LayerEntry[]) {
  const blobs = await Blobs.in(temporaryFolder(t))
  const { layer, files } = await writeLayer(all, blobs, 1_000_000_000)
  return { layer, files, content: readFileSync(blobs.path(layer.descriptor.digest)) }
}

test('a layer has the folders above its entries, in one order, with owners, modes and times that were given', async (t) => {
  const { content, files } = await written(t, entries)
  const unpacked = await unpackTar(gunzipSync(content))
  assert.deepEqual(
    unpacked.map(({ header: { name, mode, uid, gid, mtime } }) => [name, mode, uid, gid, mtime?.getTime()]),
    [
      ['etc/', 0o755, 0, 0, 1e12],
      ['etc/group', 0o644, 0, 0, 1e12],
      ['gateway/', 0o755, 0, 0, 1e12],
      ['gateway/gateway.mjs', 0o444, 0, 0, 1e12],
      ['var/', 0o755, 0, 0, 1e12],
      ['var/lib/', 0o755, 0, 0, 1e12],
      ['var/lib/postern/', 0o700, 65532, 65532, 1e12],
    ],
  )
  assert.deepEqual(
    files.map(({ path, size, origin }) => [path, size, origin.kind]),
    [
      ['/etc/group', 10, 'written'],
      ['/gateway/gateway.mjs', 9, 'bundle'],
    ],
  )
})

test('neither the order of entries nor modes, times and names of the files leave a trace, nor does gzip name a time or system', async (t) => {
  const first = await written(t, entries)
  const file = join(temporaryFolder(t), 'another name')
  writeFileSync(file, 'export {}')
  chmodSync(file, 0o600)
  utimesSync(file, 1, 1)
  const others = entries
    .map((entry) => (entry.kind === 'file' && entry.path.endsWith('.mjs') ? { ...entry, content: { file } } : entry))
    .toReversed()
  const second = await written(t, others)
  assert.deepEqual(second.layer, first.layer)
  assert.deepEqual([...first.content.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, first.content[8], 255])
})

test('a file that is gone is an error, and not an empty one', async (t) => {
  const gone: LayerEntry = {
    kind: 'file',
    path: '/x',
    mode: 0o444,
    content: { file: join(temporaryFolder(t), 'gone') },
    origin: { kind: 'written' },
  }
  await assert.rejects(written(t, [gone]), { code: 'ENOENT' })
})
