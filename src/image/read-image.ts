/** An image that `postern image` has made, read back: every blob is what its digest says, and the last layer holds the gateway and nothing else. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { type BaseImage, imagesIn } from './base-images.ts'
import { BaseLayout } from './base-layout.ts'
import { digestText } from './digest.ts'
import { gatewayFolder, isEntrypoint } from './entrypoint.ts'
import { user } from './image-config.ts'
import { ImageError } from './image-error.ts'
import { descriptorAt, type JsonObject, listAt, objectAt } from './json-reader.ts'
import type { Layer } from './oci.ts'
import { platformText } from './oci.ts'
import { isOlderForm } from './older-form.ts'
import { diffIdOf, layerEntries } from './read-layer.ts'

export type ReadImage = {
  /** Of the image, or of the index where it is for several platforms. */
  readonly digest: string
  /** The gateway's files by name, for each platform. */
  readonly platforms: readonly { readonly platform: string; readonly files: ReadonlyMap<string, Buffer> }[]
}

const gatewayFiles: ReadonlySet<string> = new Set(['gateway.mjs', 'manifest.json'])

/** Of an index and of what it names; see OCI image-spec, image-index.md and descriptor.md. */
const indexKeys: ReadonlySet<string> = new Set([
  'schemaVersion',
  'mediaType',
  'artifactType',
  'manifests',
  'annotations',
  'digest',
  'size',
  'platform',
])

/** What `imageConfig` writes: no command, health check or volume. */
const runKeys: ReadonlySet<string> = new Set(['User', 'ExposedPorts', 'Env', 'Entrypoint', 'WorkingDir', 'Labels', 'StopSignal'])

/** Bytes of one of the gateway's files. */
const fileBound = 256 * 1024 * 1024

/**
 * Throws an ImageError that says what is wrong, or the file system's error.
 * @param path a folder with an OCI layout, or a tar of one
 * @param work a folder that does not exist yet, for what a tar holds
 */
export async function readImage(path: string, work: string): Promise<ReadImage> {
  const layout = await BaseLayout.open(path, work)
  const index = await layout.index()
  const [only, another] = listAt(index.manifests, 'manifests', 200)
  if (only === undefined || another !== undefined) throw damaged('its index does not name one image')
  const { digest } = descriptorAt(only, 'manifests')
  const images = await imagesIn(layout)
  if (images.length === 0) throw damaged('there is none in it')
  await verifyOneReading(layout, index, images)
  const platforms: ReadImage['platforms'][number][] = []
  for (const image of images) {
    for (const layer of image.layers) await verifyLayer(layer, layout)
    platforms.push({ platform: platformText(image.platform), files: await gatewayOf(image, layout) })
  }
  return { digest, platforms }
}

/** The digest vouches for blobs alone: what leads to them must lead every tool to the same ones. */
async function verifyOneReading(layout: BaseLayout, index: JsonObject, images: readonly BaseImage[]): Promise<void> {
  const [foreign] = layout.foreign
  if (foreign !== undefined) throw damaged(`${JSON.stringify(foreign.slice(0, 200))} is no part of it, or there twice`)
  const keys = [...Object.keys(index), ...Object.keys(objectAt(listAt(index.manifests, 'manifests', 1)[0], 'manifests'))]
  // Go reads `Manifests` for `manifests`.
  const unknown = keys.find((key) => !indexKeys.has(key))
  if (unknown !== undefined) throw damaged(`its index has the key ${JSON.stringify(unknown.slice(0, 200))}`)
  const text = await layout.olderForm()
  const isNamed = ({ configDigest, layers }: BaseImage): boolean => {
    return (
      text !== null &&
      isOlderForm(
        text,
        configDigest,
        layers.map(({ descriptor }) => descriptor.digest),
      )
    )
  }
  if (text !== null && !images.some(isNamed)) throw damaged('its manifest.json names another image than its index')
}

async function verifyLayer({ descriptor, diffId }: Layer, layout: BaseLayout): Promise<void> {
  const file = layout.blob(descriptor.digest)
  if (!layout.has(descriptor)) throw damaged(`its blob ${descriptor.digest} is missing`)
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  if (size !== descriptor.size || digestText(hash) !== descriptor.digest) throw damaged(`its blob ${descriptor.digest} is another`)
  if ((await diffIdOf(file, descriptor.mediaType)) !== diffId)
    throw damaged(`its layer ${descriptor.digest} does not unpack to what its configuration names`)
}

async function gatewayOf({ layers, entrypoint, environment, run }: BaseImage, layout: BaseLayout): Promise<ReadonlyMap<string, Buffer>> {
  const last = layers.at(-1)
  if (last === undefined || entrypoint.at(-1) !== `${gatewayFolder}/gateway.mjs`) throw damaged('it does not start a gateway')
  if (!isEntrypoint(entrypoint)) throw damaged('its entry point is not Node with the flags that take rights away')
  if (environment.some((each) => each.startsWith('NODE_OPTIONS='))) throw damaged('it sets NODE_OPTIONS, which loosens those flags')
  const other = Object.keys(run).find((key) => !runKeys.has(key))
  if (other !== undefined) throw damaged(`its configuration has ${JSON.stringify(other.slice(0, 200))}`)
  if (run.User !== user || run.WorkingDir !== gatewayFolder) throw damaged(`it does not run as ${user} in ${gatewayFolder}`)
  const files = new Map<string, Buffer>()
  for await (const { header, body } of layerEntries(layout.blob(last.descriptor.digest), last.descriptor.mediaType)) {
    const path = posix.join('/', header.name)
    const name = posix.basename(path)
    if (header.type === 'directory') {
      await body.cancel()
      continue
    }
    if (header.type !== 'file' || path !== `${gatewayFolder}/${name}` || !gatewayFiles.has(name) || files.has(name))
      throw damaged(`its last layer holds ${path}, which is not the gateway’s`)
    if (header.size > fileBound) throw damaged(`its ${name} is larger than ${fileBound} bytes`)
    const chunks: Uint8Array[] = []
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
    files.set(name, Buffer.concat(chunks))
  }
  return files
}

function damaged(what: string): ImageError {
  return new ImageError(`The image is not as \`postern image\` makes it: ${what}.`, 'Make it again.')
}
