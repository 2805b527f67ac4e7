/** An OCI layout that was given as a base: a folder, or a tar of one, which is unpacked to a folder. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar'
import { digestOf } from './digest.ts'
import { ImageError } from './image-error.ts'
import { type JsonObject, malformed, parseJson } from './json-reader.ts'
import type { Descriptor } from './oci.ts'

/** Bytes of an index, manifest or configuration. */
export const jsonBound = 4 * 1024 * 1024

const layoutNames: ReadonlySet<string> = new Set(['oci-layout', 'index.json', 'manifest.json', 'blobs'])

/** Files in an archive. */
const entriesBound = 10_000

export class BaseLayout {
  readonly #folder: string
  /** Names that are no part of a layout, or there twice: other tools may read another image in them. */
  readonly foreign: readonly string[]

  private constructor(folder: string, foreign: readonly string[]) {
    this.#folder = folder
    this.foreign = foreign
  }

  /** `work`: a folder that does not exist yet, for what an archive holds. */
  static async open(path: string, work: string): Promise<BaseLayout> {
    if (!existsSync(path)) throw missing(path)
    const isFolder = (await stat(path)).isDirectory()
    const foreign = isFolder ? (await readdir(path)).filter((name) => !layoutNames.has(name)) : await unpack(path, work)
    const folder = isFolder ? path : work
    if (existsSync(join(folder, 'oci-layout'))) return new BaseLayout(folder, foreign)
    throw new ImageError(
      `${path} is not an OCI layout: it holds no file oci-layout.`,
      'Make one of an image with `skopeo copy docker://<image>@sha256:<digest> oci-archive:base.tar`; --base host takes the Node of this machine.',
    )
  }

  async index(): Promise<JsonObject> {
    return parseJson(await readBounded(join(this.#folder, 'index.json')), 'index.json')
  }

  /** What tools that read no layouts are told; `null` where there is nothing. */
  async olderForm(): Promise<string | null> {
    const path = join(this.#folder, 'manifest.json')
    return existsSync(path) ? (await readBounded(path)).toString('utf8') : null
  }

  /** A manifest, an index or a configuration, which must be what its digest says. */
  async json({ digest }: Descriptor): Promise<JsonObject> {
    const content = await readBounded(this.blob(digest))
    if (digestOf(content) !== digest) throw malformed(`its blob ${digest} is another`)
    return parseJson(content, digest)
  }

  has({ digest }: Descriptor): boolean {
    return existsSync(this.blob(digest))
  }

  blob(digest: string): string {
    return join(this.#folder, 'blobs', 'sha256', digest.slice('sha256:'.length))
  }
}

/** What is not there is mostly the name of an image in a registry. */
function missing(path: string): ImageError {
  if (path.startsWith('docker://'))
    return new ImageError(
      `${path} is in a registry, and images are made without a network.`,
      `Fetch and pin it with \`postern lock --base docker://…\`, and build upon that with --locked <project>.`,
    )
  const reference = /^\w[\w.:/@-]{0,199}$/.test(path) && !path.endsWith('.tar') ? `docker://${path}` : 'docker://<registry>/<name>:<tag>'
  return new ImageError(
    `There is no ${path}.`,
    `Name an OCI layout or archive. An image in a registry is fetched with \`postern lock --base ${reference}\`.`,
  )
}

/** Throws an ImageError for what is no file, such as a device that a link leads to, or too large. */
export async function readBounded(path: string): Promise<Buffer> {
  const status = await stat(path).catch(() => null)
  if (status?.isFile() !== true)
    throw malformed(`it has no ${path.includes('sha256') ? 'blob ' : ''}${path.slice(dirname(path).length + 1)}`)
  if (status.size > jsonBound) throw malformed(`${path} is larger than ${jsonBound} bytes`)
  return readFile(path)
}

/** Takes what belongs to a layout, and nothing else: no name of the archive gets into a path. Returns the names of the rest. */
async function unpack(archive: string, folder: string): Promise<readonly string[]> {
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true })
  const taken = new Set<string>()
  const foreign: string[] = []
  let entries = 0
  try {
    const decoded = (Readable.toWeb(createReadStream(archive)) as unknown as globalThis.ReadableStream<Uint8Array>).pipeThrough(
      createTarDecoder({ strict: true }),
    )
    for await (const { header, body } of decoded as unknown as AsyncIterable<ParsedTarEntry>) {
      entries++
      if (entries > entriesBound) throw malformed(`${archive} holds more than ${entriesBound} files`)
      const [name] = /^(?:oci-layout|index\.json|manifest\.json|blobs\/sha256\/[0-9a-f]{64})$/.exec(header.name.replace(/^\.\//, '')) ?? []
      if (name === undefined || header.type !== 'file' || taken.has(name)) foreign.push(...foreignName(header))
      if (name === undefined || header.type !== 'file') await body.cancel()
      else await pipeline(Readable.fromWeb(body as ReadableStream<Uint8Array>), createWriteStream(join(folder, name)))
      if (name !== undefined) taken.add(name)
    }
  } catch (error) {
    if (error instanceof ImageError || (error instanceof Error && 'syscall' in error)) throw error
    throw malformed(`${archive} is not a tar archive (${error instanceof Error ? error.message : String(error)})`)
  }
  return foreign
}

function foreignName({ name, type }: ParsedTarEntry['header']): readonly string[] {
  const isOwn = type === 'directory' && /^(?:\.\/)?(?:blobs\/?|blobs\/sha256\/?)?$/.test(name)
  return isOwn ? [] : [name]
}
