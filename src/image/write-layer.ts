/**
 * Writes a layer: a tar that depends on nothing but its entries. Order, owners, modes and times are given, and the header of gzip names
 * neither a time nor a system.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { createGzip } from 'node:zlib'
import { createTarPacker } from 'modern-tar'
import type { Blobs } from './blobs.ts'
import { digestText } from './digest.ts'
import { type ImageFile, type LayerEntry, withFolders } from './layer-entries.ts'
import { type Layer, mediaTypes } from './oci.ts'

/** Part of what layers are: another level is another digest. */
const gzipLevel = 6

/** `epochSeconds`: the time of every file. */
export async function writeLayer(
  entries: readonly LayerEntry[],
  blobs: Blobs,
  epochSeconds: number,
): Promise<{ layer: Layer; files: readonly ImageFile[] }> {
  const { readable, controller } = createTarPacker()
  const tar = createHash('sha256')
  const compressed = createHash('sha256')
  const file = blobs.unnamed()
  let size = 0
  const [files] = await Promise.all([
    pack(withFolders(entries), controller, new Date(epochSeconds * 1000)),
    pipeline(
      Readable.fromWeb(readable as ReadableStream<Uint8Array>),
      (chunks: AsyncIterable<Buffer>) => hashed(chunks, tar),
      createGzip({ level: gzipLevel }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of hashed(withoutSystem(chunks), compressed)) {
          size += chunk.length
          yield chunk
        }
      },
      createWriteStream(file),
    ),
  ])
  const digest = digestText(compressed)
  await blobs.name(file, digest)
  return { layer: { descriptor: { mediaType: mediaTypes.gzipLayer, digest, size }, diffId: digestText(tar) }, files }
}

type Packer = ReturnType<typeof createTarPacker>['controller']

async function pack(entries: readonly LayerEntry[], packer: Packer, mtime: Date): Promise<readonly ImageFile[]> {
  const files: ImageFile[] = []
  try {
    for (const entry of entries) {
      const name = entry.path.slice(1)
      if (entry.kind === 'folder') {
        const { mode, owner } = entry
        await packer.add({ name: `${name}/`, type: 'directory', size: 0, mode, uid: owner, gid: owner, mtime }).close()
        continue
      }
      const { path, mode, content, origin } = entry
      const size = Buffer.isBuffer(content) ? content.length : (await stat(content.file)).size
      const body = packer.add({ name, type: 'file', size, mode, uid: 0, gid: 0, mtime }).getWriter()
      const hash = createHash('sha256')
      for await (const chunk of hashed(Buffer.isBuffer(content) ? [content] : createReadStream(content.file), hash)) await body.write(chunk)
      await body.close()
      files.push({ path, digest: digestText(hash), size, origin })
    }
    packer.finalize()
  } catch (error) {
    packer.error(error)
    throw error
  }
  return files
}

async function* hashed(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

/** Sets the byte of gzip's header that names the system to 255, unknown (RFC 1952, section 2.3.1). */
async function* withoutSystem(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let position = 0
  for await (const chunk of chunks) {
    if (position <= 9 && position + chunk.length > 9) chunk[9 - position] = 255
    position += chunk.length
    yield chunk
  }
}
