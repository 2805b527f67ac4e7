/** What lies in a layer that somebody else may have made. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar'
import { digestText } from './digest.ts'
import { ImageError } from './image-error.ts'
import { malformed } from './json-reader.ts'

/** Bytes that a layer may unpack to. */
const layerBound = 16 * 1024 * 1024 * 1024

/** Files, folders and links in a layer: more than a whole system with all that was installed on it. */
const entriesBound = 2_000_000

/** UTF-16 code units of a name, and of where a link leads: Linux takes no longer path (PATH_MAX). */
const pathBound = 4096

/** Each entry's body must be read or cancelled before the next. Throws an ImageError for what is no layer. */
export async function* layerEntries(file: string, mediaType: string, most = entriesBound): AsyncGenerator<ParsedTarEntry> {
  const stream = Readable.toWeb(Readable.from(tarOf(file, mediaType))) as unknown as ReadableStream<Uint8Array>
  const decoded = stream.pipeThrough(createTarDecoder({ strict: true })) as unknown as AsyncIterable<ParsedTarEntry>
  let entries = 0
  try {
    for await (const entry of decoded) {
      entries++
      if (entries > most) throw malformed(`a layer holds more than ${most} files`)
      const { name, linkname = '' } = entry.header
      if (name.length > pathBound || linkname.length > pathBound)
        throw malformed(`a layer holds a path of more than ${pathBound} characters`)
      yield entry
    }
  } catch (error) {
    throw asMalformed(error, 'is not a tar archive')
  }
}

/** Digest of the layer's tar before compression. Throws an ImageError for what cannot be unpacked. */
export async function diffIdOf(file: string, mediaType: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of tarOf(file, mediaType)) hash.update(chunk)
  return digestText(hash)
}

async function* tarOf(file: string, mediaType: string): AsyncGenerator<Buffer> {
  const compressed = createReadStream(file)
  const plain = mediaType.endsWith('+gzip')
    ? compressed.compose(createGunzip())
    : mediaType.endsWith('+zstd')
      ? compressed.compose(createZstdDecompress())
      : compressed
  let unpacked = 0
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      unpacked += chunk.length
      if (unpacked > layerBound) throw malformed(`a layer is larger than ${layerBound} bytes`)
      yield chunk
    }
  } catch (error) {
    throw asMalformed(error, 'cannot be unpacked')
  }
}

/** What comes of the layer's bytes, and not of this machine, is told as a fault of the image. */
function asMalformed(error: unknown, what: string): unknown {
  if (error instanceof ImageError || !(error instanceof Error) || 'syscall' in error) return error
  return malformed(`a layer ${what} (${error.message})`)
}
