/** What lies in a layer that somebody else may have made. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar'
import { malformed } from './json-reader.ts'

/** Bytes that a layer may unpack to. */
const layerBound = 16 * 1024 * 1024 * 1024

/** Each entry's body must be read or cancelled before the next. */
export async function* layerEntries(file: string, mediaType: string): AsyncGenerator<ParsedTarEntry> {
  const stream = Readable.toWeb(Readable.from(tarOf(file, mediaType))) as unknown as ReadableStream<Uint8Array>
  yield* stream.pipeThrough(createTarDecoder({ strict: true })) as unknown as AsyncIterable<ParsedTarEntry>
}

/** Digest of the layer's tar before compression. */
export async function diffIdOf(file: string, mediaType: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of tarOf(file, mediaType)) hash.update(chunk)
  return `sha256:${hash.digest('hex')}`
}

async function* tarOf(file: string, mediaType: string): AsyncGenerator<Buffer> {
  const compressed = createReadStream(file)
  const plain = mediaType.endsWith('+gzip')
    ? compressed.compose(createGunzip())
    : mediaType.endsWith('+zstd')
      ? compressed.compose(createZstdDecompress())
      : compressed
  let unpacked = 0
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    unpacked += chunk.length
    if (unpacked > layerBound) throw malformed(`a layer is larger than ${layerBound} bytes`)
    yield chunk
  }
}
