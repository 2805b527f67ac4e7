/** An image of a registry becomes an OCI layout: the platforms that are wanted, whole, each blob as its digest says. Who asks is handed in. */
import { existsSync } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { baseImages, deepestIndex, imagesIn, isFor, isTold, layersBound, manifestsBound } from './base-images.ts'
import { BaseLayout, jsonBound } from './base-layout.ts'
import { Blobs } from './blobs.ts'
import { digestOf } from './digest.ts'
import { ImageError } from './image-error.ts'
import { descriptorAt, listAt, malformed, objectAt, optionalObjectAt, optionalTextAt, parseJson, platformAt } from './json-reader.ts'
import { type Descriptor, indexTypes, manifestTypes, mediaTypes, type Platform, platformText } from './oci.ts'

export type ImageSource = {
  readonly manifest: (digest: string) => AsyncIterable<Uint8Array>
  readonly blob: (digest: string) => AsyncIterable<Uint8Array>
  /** Bytes that are there, and that there will be. */
  readonly progress: (done: number, all: number) => void
}

/** What a tag stands for: a manifest, or an index of some. */
export type Root = { readonly descriptor: Descriptor; readonly content: Buffer }

/** `null`: the only one that there is. */
export type WantedPlatforms = readonly Platform[] | 'all' | null

type Leaf = { readonly descriptor: Descriptor; readonly platform: Platform | null }

/** Bytes of an image, with all its platforms. */
const largestImage = 8 * 1024 ** 3

/** @param contentType what the registry says that it is; `null` where nobody says it */
export function rootOf(content: Buffer, contentType: string | null): Root {
  const { mediaType, manifests, layers, config } = parseJson(content, 'its manifest')
  const isIndex = manifests !== undefined
  const told = optionalTextAt(mediaType, 'mediaType') ?? contentType ?? (isIndex ? mediaTypes.index : mediaTypes.manifest)
  // What is both would be one image for some, and another for others.
  const fits = isIndex ? indexTypes.includes(told) && layers === undefined && config === undefined : manifestTypes.includes(told)
  if (!fits || (contentType !== null && contentType !== told))
    throw malformed('what the registry gives is neither a manifest nor an index, of OCI or Docker schema 2')
  const digest = digestOf(content)
  return { descriptor: { mediaType: told, digest, size: content.length }, content }
}

/**
 * Throws an ImageError, or what the source throws.
 * @param folder does not exist yet
 * @param earlier a layout that may hold some of the blobs, or nothing; they are looked at as if they came from afar
 * @param name `registry.example.com/node:26`
 */
export async function writeFetchedLayout(
  folder: string,
  { root, name, earlier }: { readonly root: Root; readonly name: string; readonly earlier: string },
  wanted: WantedPlatforms,
  source: ImageSource,
): Promise<void> {
  const { descriptor } = root
  const blobs = await Blobs.in(folder)
  const annotations = { 'io.containerd.image.name': name }
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [{ ...descriptor, annotations }] }
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  await writeFile(join(folder, 'index.json'), JSON.stringify(index))
  const layout = await BaseLayout.open(folder, '')
  const fetch = new LayoutFetch(blobs, layout, earlier, source)
  await fetch.images(chosen(await fetch.leaves(root), wanted))
  // It is read as `postern image` does, so that what that cannot build upon is not kept.
  const images = wanted === 'all' ? await imagesIn(layout) : await baseImages(layout, wanted, descriptor.digest)
  if (images.length === 0) throw malformed('it holds no image that runs')
}

function chosen(leaves: readonly Leaf[], wanted: WantedPlatforms): readonly Leaf[] {
  if (wanted === 'all' || (wanted === null && leaves.length === 1)) return leaves
  const there = leaves.map(({ platform }) => (platform === null ? 'one that is not told' : platformText(platform))).join(', ') || 'none'
  const hint = 'Choose with --platform; `--platform all` takes each.'
  if (wanted === null) throw new ImageError(`The image is for more than one platform, or none: ${there}.`, hint)
  const missing = wanted.find((each) => !leaves.some(({ platform }) => platform === null || isFor(platform, each)))
  if (missing !== undefined) throw new ImageError(`There is no base image for ${platformText(missing)}; there is ${there}.`, hint)
  return leaves.filter(({ platform }) => platform === null || wanted.some((each) => isFor(platform, each)))
}

class LayoutFetch {
  readonly #blobs: Blobs
  readonly #layout: BaseLayout
  readonly #earlier: string
  readonly #source: ImageSource
  #done = 0
  #all = 0

  constructor(blobs: Blobs, layout: BaseLayout, earlier: string, source: ImageSource) {
    this.#blobs = blobs
    this.#layout = layout
    this.#earlier = earlier
    this.#source = source
  }

  /** The manifests of images; indexes on the way to them are fetched. */
  async leaves({ descriptor, content }: Root): Promise<readonly Leaf[]> {
    await this.#blobs.take(descriptor, chunksOf(content))
    if (manifestTypes.includes(descriptor.mediaType)) return [{ descriptor, platform: null }]
    const found = new Map<string, Leaf>()
    await this.#leavesOf(descriptor, 1, found)
    return [...found.values()]
  }

  async #leavesOf(index: Descriptor, depth: number, found: Map<string, Leaf>): Promise<void> {
    if (depth > deepestIndex) throw malformed('its indexes are nested too deep')
    await this.#takeJson(index)
    const { manifests } = await this.#layout.json(index)
    for (const each of listAt(manifests, 'manifests', manifestsBound)) {
      const descriptor = descriptorAt(each, 'manifests')
      const { annotations, platform } = objectAt(each, 'manifests')
      if (isTold(optionalObjectAt(annotations, 'annotations'))) continue
      if (manifestTypes.includes(descriptor.mediaType))
        found.set(descriptor.digest, { descriptor, platform: platform === undefined ? null : platformAt(objectAt(platform, 'platform')) })
      else if (indexTypes.includes(descriptor.mediaType)) await this.#leavesOf(descriptor, depth + 1, found)
      if (found.size > manifestsBound) throw malformed(`it holds more than ${manifestsBound} images`)
    }
  }

  /** Manifests, configurations and layers. Nothing large is fetched before it is known how much that will be. */
  async images(leaves: readonly Leaf[]): Promise<void> {
    const parts = new Map<string, Descriptor>()
    for (const { descriptor } of leaves) {
      await this.#takeJson(descriptor)
      const { config, layers } = await this.#layout.json(descriptor)
      for (const each of [config, ...listAt(layers, 'layers', layersBound)]) {
        const part = descriptorAt(each, 'layers')
        parts.set(part.digest, part)
      }
    }
    this.#all = [...parts.values()].reduce((sum, { size }) => sum + size, 0)
    if (this.#all > largestImage) throw malformed(`it has more than ${largestImage / 1024 ** 3} GiB`)
    for (const part of parts.values()) await this.#take(part, this.#source.blob)
  }

  async #takeJson(descriptor: Descriptor): Promise<void> {
    if (descriptor.size > jsonBound) throw malformed(`${descriptor.digest} is larger than ${jsonBound} bytes`)
    await this.#take(descriptor, this.#source.manifest)
  }

  async #take(descriptor: Descriptor, from: ImageSource['blob']): Promise<void> {
    const status = await stat(this.#blobs.path(descriptor.digest)).catch(() => null)
    if (status !== null && status.size !== descriptor.size) throw malformed(`it has two sizes for ${descriptor.digest}`)
    if (status !== null || (await this.#takeEarlier(descriptor))) return this.#arrived(descriptor.size)
    await this.#blobs.take(descriptor, this.#counted(from(descriptor.digest)))
  }

  async #takeEarlier(descriptor: Descriptor): Promise<boolean> {
    const file = join(this.#earlier, 'blobs', 'sha256', descriptor.digest.slice('sha256:'.length))
    if (!existsSync(file)) return false
    try {
      await this.#blobs.copy(descriptor, file)
      return true
    } catch (error) {
      if (error instanceof ImageError) return false
      throw error
    }
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#arrived(chunk.length)
      yield chunk
    }
  }

  /** Only what was added up is counted: manifests come before. */
  #arrived(bytes: number): void {
    if (this.#all === 0) return
    this.#done += bytes
    this.#source.progress(this.#done, this.#all)
  }
}

async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content
}
