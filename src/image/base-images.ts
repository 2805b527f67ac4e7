/** Finds, in a layout, the images that were asked for, and reads what is built upon: configuration and layers. */
import type { BaseLayout } from './base-layout.ts'
import { ImageError } from './image-error.ts'
import {
  descriptorAt,
  digestAt,
  type JsonObject,
  listAt,
  malformed,
  objectAt,
  optionalObjectAt,
  optionalTextAt,
  platformAt,
  textAt,
} from './json-reader.ts'
import {
  type Descriptor,
  type HistoryEntry,
  indexTypes,
  type Layer,
  manifestTypes,
  mediaTypes,
  type Platform,
  platformText,
} from './oci.ts'

/** One base image: for one platform. */
export type BaseImage = {
  readonly platform: Platform
  /** Of its manifest. */
  readonly digest: string
  readonly configDigest: string
  /** Its name, where the layout has it. */
  readonly name: string | null
  readonly layers: readonly Layer[]
  readonly history: readonly HistoryEntry[]
  readonly environment: readonly string[]
  readonly entrypoint: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** All that its configuration says of how it runs. */
  readonly run: JsonObject
}

type Candidate = { readonly descriptor: Descriptor; readonly name: string | null; readonly within: readonly string[] }

const layerTypes: Readonly<Record<string, string>> = {
  'application/vnd.oci.image.layer.v1.tar': 'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip': mediaTypes.gzipLayer,
  'application/vnd.oci.image.layer.v1.tar+zstd': 'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': mediaTypes.gzipLayer,
}

/** Manifests in a layout, and layers of an image: what a runtime can still stack is about as many. */
export const manifestsBound = 200
export const layersBound = 120
/** Indexes in each other, besides that of the layout. */
export const deepestIndex = 2

/**
 * @param wanted `null`: the only one that there is
 * @param digest only of the image or index with this digest; `null`: of any
 */
export async function baseImages(
  layout: BaseLayout,
  wanted: readonly Platform[] | null,
  digest: string | null,
): Promise<readonly BaseImage[]> {
  const found = await manifestsIn(layout, await layout.index(), null, [])
  const candidates = digest === null ? found : found.filter((each) => each.descriptor.digest === digest || each.within.includes(digest))
  if (digest !== null && candidates.length === 0) {
    const there = [...new Set(found.map((each) => each.within[0] ?? each.descriptor.digest))].join(', ')
    throw new ImageError(
      `The base image is not ${digest}: there is ${there || 'none'}.`,
      'Somebody has changed it, or it is another: look before you pin it anew.',
    )
  }
  const images = await readImages(layout, candidates)
  const there = images.map(({ platform, digest: each }) => `${platformText(platform)} (${each})`).join(', ') || 'none'
  if (wanted === null) {
    const [only, another] = images
    if (only !== undefined && another === undefined) return [only]
    throw new ImageError(`There is more than one base image, or none: ${there}.`, 'Choose with --platform, or with --base-digest.')
  }
  return wanted.map((platform) => {
    const [only, another] = images.filter((image) => isFor(image.platform, platform))
    if (only !== undefined && another === undefined) return only
    const many = only === undefined ? 'no base image' : 'more than one base image'
    throw new ImageError(
      `There is ${many} for ${platformText(platform)}; there is ${there}.`,
      'Name another platform, or choose with --base-digest.',
    )
  })
}

/** All images of a layout. */
export async function imagesIn(layout: BaseLayout): Promise<readonly BaseImage[]> {
  return readImages(layout, await manifestsIn(layout, await layout.index(), null, []))
}

async function readImages(layout: BaseLayout, candidates: readonly Candidate[]): Promise<readonly BaseImage[]> {
  const images: BaseImage[] = []
  for (const candidate of candidates) {
    const image = await readImage(layout, candidate)
    if (image !== null) images.push(image)
  }
  return images
}

export function isFor(platform: Platform, wanted: Platform): boolean {
  const same = platform.os === wanted.os && platform.architecture === wanted.architecture
  return same && (wanted.variant === null || wanted.variant === platform.variant)
}

/** Manifests of an index and of those that it names. `within`: digests of the indexes around. */
async function manifestsIn(
  layout: BaseLayout,
  index: JsonObject,
  outerName: string | null,
  within: readonly string[],
): Promise<readonly Candidate[]> {
  const found: Candidate[] = []
  for (const each of listAt(index.manifests, 'manifests', manifestsBound)) {
    const descriptor = descriptorAt(each, 'manifests')
    const annotations = optionalObjectAt(objectAt(each, 'manifests').annotations, 'annotations')
    const name = imageName(annotations) ?? outerName
    if (isTold(annotations) || !layout.has(descriptor)) continue
    if (manifestTypes.includes(descriptor.mediaType)) found.push({ descriptor, name, within })
    else if (indexTypes.includes(descriptor.mediaType)) {
      if (within.length >= deepestIndex) throw malformed('its indexes are nested too deep')
      found.push(...(await manifestsIn(layout, await layout.json(descriptor), name, [...within, descriptor.digest])))
    }
    if (found.length > manifestsBound) throw malformed(`it holds more than ${manifestsBound} images`)
  }
  return found
}

/** Beside images an index may hold what is told of them: attestations, signatures. */
export function isTold(annotations: JsonObject): boolean {
  return annotations['vnd.docker.reference.type'] !== undefined
}

/** With registry or repository; a tag alone names nothing. */
function imageName(annotations: JsonObject): string | null {
  for (const key of ['io.containerd.image.name', 'org.opencontainers.image.ref.name']) {
    const text = optionalTextAt(annotations[key], key)
    if (text !== null && /^[\w.:/@-]{1,300}$/.test(text) && /[/:]/.test(text)) return text
  }
  return null
}

/** `null` for what is not an image that runs. */
async function readImage(layout: BaseLayout, { descriptor, name }: Candidate): Promise<BaseImage | null> {
  const manifest = await layout.json(descriptor)
  const configDescriptor = descriptorAt(manifest.config, 'config')
  if (!/\+json$/.test(configDescriptor.mediaType) || !/image/.test(configDescriptor.mediaType) || !layout.has(configDescriptor)) return null
  const config = await layout.json(configDescriptor)
  if (textAt(config.os, 'os') === 'unknown') return null
  const run = optionalObjectAt(config.config, 'config')
  const layers = readLayers(manifest, config)
  const environment = listAt(run.Env, 'Env', 1000).map((each) => textAt(each, 'Env'))
  const labels = Object.entries(optionalObjectAt(run.Labels, 'Labels')).map(([key, value]) => [key, textAt(value, 'Labels')])
  return {
    platform: platformAt(config),
    digest: descriptor.digest,
    configDigest: configDescriptor.digest,
    name,
    layers,
    history: readHistory(config, layers),
    environment,
    entrypoint: listAt(run.Entrypoint, 'Entrypoint', 1000).map((each) => textAt(each, 'Entrypoint')),
    labels: Object.fromEntries(labels),
    run,
  }
}

/** The base's own, where it fits the layers; else that they are the base's. */
function readHistory(config: JsonObject, layers: readonly Layer[]): readonly HistoryEntry[] {
  const entries = listAt(config.history, 'history', 1000).map((each): HistoryEntry => {
    const told = optionalObjectAt(each, 'history')
    const texts = ['created', 'created_by', 'comment'].flatMap((key) => (typeof told[key] === 'string' ? [[key, told[key]] as const] : []))
    return { ...Object.fromEntries(texts), ...(told.empty_layer === true ? { empty_layer: true } : {}) }
  })
  const fits = entries.filter((entry) => entry.empty_layer !== true).length === layers.length
  return fits ? entries : layers.map(() => ({ comment: 'base image' }))
}

function readLayers(manifest: JsonObject, config: JsonObject): readonly Layer[] {
  const descriptors = listAt(manifest.layers, 'layers', layersBound).map((each) => descriptorAt(each, 'layers'))
  const diffIds = listAt(optionalObjectAt(config.rootfs, 'rootfs').diff_ids, 'diff_ids', layersBound)
  if (descriptors.length !== diffIds.length) throw malformed('it has not as many layers as its configuration names')
  return descriptors.map(({ mediaType, digest, size }, index) => {
    const known = Object.hasOwn(layerTypes, mediaType) ? layerTypes[mediaType] : undefined
    if (known === undefined) throw malformed(`its layer ${digest} is of an unknown type ${JSON.stringify(mediaType)}`)
    return { descriptor: { mediaType: known, digest, size }, diffId: digestAt(diffIds[index], 'diff_ids') }
  })
}
