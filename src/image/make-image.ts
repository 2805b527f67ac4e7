/** READ THIS FIRST: a bundle becomes an image, without a daemon. Layers that all gateways share come first, the gateway's own last. */
import { join } from 'node:path'
import type { Manifest } from '../contract/manifest.ts'
import { minimumNodeMajor } from '../contract/version.ts'
import { type BaseImage, baseImages } from './base-images.ts'
import { BaseLayout } from './base-layout.ts'
import type { Blobs } from './blobs.ts'
import { digestOf } from './digest.ts'
import { type Allowed, entrypoint, filesFolder, gatewayFolder, writtenFolders } from './entrypoint.ts'
import { findNode } from './find-node.ts'
import { type HostBase, hostBase, hostNodePath } from './host-base.ts'
import { imageConfig, labelsOf } from './image-config.ts'
import { ImageError } from './image-error.ts'
import type { LayerRecord, PlatformRecord } from './image-record.ts'
import type { ImageFile, LayerEntry } from './layer-entries.ts'
import { type Descriptor, type HistoryEntry, type Layer, mediaTypes, type Platform, platformJson, platformText } from './oci.ts'
import { writeLayer } from './write-layer.ts'

export type BaseChoice =
  /** `node`: path of the Node to copy. */
  | { readonly kind: 'host'; readonly node: string }
  /**
   * `path`: an OCI layout, as a folder or tar. `name`: what the image is called, `null` for what the layout says, which no digest vouches for.
   * `node`: where Node lies in it, `null` to look for it; `nodeMajor` where its file does not say it.
   */
  | {
      readonly kind: 'layout'
      readonly path: string
      readonly digest: string | null
      readonly name: string | null
      readonly node: string | null
      readonly nodeMajor: number | null
    }

export type ImageRequest = {
  readonly gateway: { readonly manifest: Manifest; readonly gatewayFile: Buffer; readonly manifestFile: Buffer }
  readonly base: BaseChoice
  /** `null`: the only one that there is. */
  readonly platforms: readonly Platform[] | null
  readonly allowed: Allowed
  /** The time that the image and its files have. */
  readonly epochSeconds: number
}

/** `descriptor`: of the image, or of the index where it is for several platforms. */
export type MadeImage = { readonly descriptor: Descriptor; readonly platforms: readonly PlatformRecord[] }

/** What one platform's image is built upon. */
type Foundation = {
  readonly platform: Platform
  readonly layers: readonly Layer[]
  readonly holds: readonly LayerRecord['holds'][]
  readonly history: readonly HistoryEntry[]
  readonly files: readonly ImageFile[]
  readonly node: PlatformRecord['node']
  readonly base: PlatformRecord['base']
  readonly environment: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Writes the blobs of the image. Throws an ImageError, or the file system's error.
 * @param work a folder for what is needed meanwhile
 * @param progress is told what takes a while
 */
export async function makeImage(request: ImageRequest, blobs: Blobs, work: string, progress: (text: string) => void): Promise<MadeImage> {
  const { gateway, base, epochSeconds } = request
  const own = await writeLayer(gatewayEntries(request), blobs, epochSeconds)
  const foundations =
    base.kind === 'host' ? [await uponHost(base.node, request, blobs, progress)] : await uponLayout(base, request, blobs, work, progress)
  const created = new Date(epochSeconds * 1000).toISOString().replace('.000', '')
  const images = await Promise.all(foundations.map((foundation) => writeImage(foundation, own, request, created, blobs)))
  const platforms = images.map(({ record }) => record)
  const [only, another] = images
  if (only !== undefined && another === undefined) return { descriptor: only.descriptor, platforms }
  const manifests = images.map(({ descriptor, platform }) => ({ ...descriptor, platform: platformJson(platform) }))
  const annotations = labelsOf(gateway.manifest, null, created)
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests, annotations }
  return { descriptor: await blobs.writeJson(index, mediaTypes.index), platforms }
}

function gatewayEntries({ gateway, allowed }: ImageRequest): readonly LayerEntry[] {
  const { manifest, gatewayFile, manifestFile } = gateway
  const digest = digestOf(gatewayFile)
  if (digest !== manifest.digest) throw new ImageError('The bundle was altered while it was read.', 'Build it again with `postern build`.')
  const file = (name: string, content: Buffer): LayerEntry => {
    return { kind: 'file', path: `${gatewayFolder}/${name}`, mode: 0o444, content, origin: { kind: 'bundle', path: name } }
  }
  return [
    file('gateway.mjs', gatewayFile),
    file('manifest.json', manifestFile),
    { kind: 'folder', path: filesFolder, mode: 0o755, owner: 0 },
    ...writtenFolders(manifest, allowed).map((path): LayerEntry => ({ kind: 'folder', path, mode: 0o700, owner: 65532 })),
  ]
}

async function uponHost(
  node: string,
  { platforms, epochSeconds }: ImageRequest,
  blobs: Blobs,
  progress: (text: string) => void,
): Promise<Foundation> {
  const base: HostBase = await hostBase(node)
  const other = platforms?.find(({ os, architecture }) => os !== 'linux' || architecture !== base.platform.architecture)
  if (other !== undefined) {
    throw new ImageError(
      `The Node of this machine is for ${platformText(base.platform)}, not for ${platformText(other)}.`,
      'Give a base image that has the platform: --base <oci layout>.',
    )
  }
  const libraries = await writeLayer(base.libraries, blobs, epochSeconds)
  progress(`Compressing Node ${base.nodeVersion}, which takes some seconds …`)
  const program = await writeLayer(base.node, blobs, epochSeconds)
  return {
    platform: base.platform,
    layers: [libraries.layer, program.layer],
    holds: ['libraries', 'node'],
    history: [{ comment: 'libraries' }, { comment: `Node ${base.nodeVersion}` }],
    files: [...libraries.files, ...program.files],
    node: nodeOf(hostNodePath, base.nodeVersion, null),
    base: { kind: 'host' },
    environment: ['PATH=/usr/bin'],
    labels: {},
  }
}

type LayoutChoice = Extract<BaseChoice, { kind: 'layout' }>

async function uponLayout(
  choice: LayoutChoice,
  { platforms }: ImageRequest,
  blobs: Blobs,
  work: string,
  progress: (text: string) => void,
): Promise<readonly Foundation[]> {
  const layout = await BaseLayout.open(choice.path, join(work, 'base'))
  const foundations: Foundation[] = []
  for (const base of await baseImages(layout, platforms, choice.digest)) {
    progress(`Reading the base image for ${platformText(base.platform)} …`)
    for (const { descriptor } of base.layers) await blobs.copy(descriptor, layout.blob(descriptor.digest))
    foundations.push(await uponBase(base, choice, blobs))
  }
  return foundations
}

async function uponBase(base: BaseImage, { name, node, nodeMajor }: LayoutChoice, blobs: Blobs): Promise<Foundation> {
  const found = await findNode(base, blobs, node)
  if (found === null) {
    throw new ImageError(
      `The base image for ${platformText(base.platform)} has no ${node ?? 'Node'}.`,
      'Take a base image with Node, or say where it lies: --node <path in the image>.',
    )
  }
  const told = base.environment.find((each) => each.startsWith('NODE_VERSION='))?.slice('NODE_VERSION='.length) ?? null
  return {
    platform: base.platform,
    layers: base.layers,
    holds: base.layers.map(() => 'base'),
    history: base.history,
    files: [],
    node: nodeOf(found.path, found.version ?? told, nodeMajor),
    base: { kind: 'layout', digest: base.digest, name: name ?? base.name },
    environment: base.environment,
    labels: base.labels,
  }
}

function nodeOf(path: string, version: string | null, given: number | null): PlatformRecord['node'] {
  const major = version === null ? given : Number.parseInt(version, 10)
  if (major === null || Number.isNaN(major)) {
    throw new ImageError(`Which Node ${path} is cannot be seen.`, 'Its flags depend on it. Say so: --node-major 26.')
  }
  if (given !== null && given !== major) throw new ImageError(`${path} is Node ${version}, not ${given}.`, 'Leave --node-major out.')
  if (major < minimumNodeMajor) {
    throw new ImageError(
      `${path} is Node ${version ?? major}; a gateway needs ${minimumNodeMajor} or later.`,
      'Take another base image, or another Node with --node.',
    )
  }
  return { path, version, major }
}

async function writeImage(
  foundation: Foundation,
  own: Awaited<ReturnType<typeof writeLayer>>,
  { gateway: { manifest }, allowed }: ImageRequest,
  created: string,
  blobs: Blobs,
): Promise<{ descriptor: Descriptor; platform: Platform; record: PlatformRecord }> {
  const { platform, node, base, history, environment } = foundation
  const layers = [...foundation.layers, own.layer]
  const told = labelsOf(manifest, base.kind === 'host' ? null : base, created)
  const command = entrypoint(node.path, node.major, { ...allowed, write: writtenFolders(manifest, allowed) })
  const labels = { ...foundation.labels, ...told }
  const config = imageConfig({ platform, layers, history, environment, labels, entrypoint: command }, manifest, created)
  const written = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await blobs.writeJson(config, mediaTypes.config),
    layers: layers.map(({ descriptor }) => descriptor),
    annotations: told,
  }
  const descriptor = await blobs.writeJson(written, mediaTypes.manifest)
  const holds: readonly LayerRecord['holds'][] = [...foundation.holds, 'gateway']
  const record = {
    platform: platformText(platform),
    digest: descriptor.digest,
    node,
    base,
    entrypoint: command,
    layers: layers.map(({ descriptor: { digest, size }, diffId }, index) => ({ digest, diffId, size, holds: holds[index] ?? 'base' })),
    size: layers.reduce((sum, each) => sum + each.descriptor.size, 0),
    files: [...foundation.files, ...own.files],
  }
  return { descriptor, platform, record }
}
