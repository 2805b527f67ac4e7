/**
 * Puts an image in its place, whole or not at all: as an OCI layout in a folder, or as one tar, which is an OCI archive and what
 * `docker load` reads at once.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { createTarPacker } from 'modern-tar'
import { Blobs } from './blobs.ts'
import { ImageError } from './image-error.ts'
import type { ImageRecord } from './image-record.ts'
import { type ImageRequest, type MadeImage, makeImage } from './make-image.ts'
import { mediaTypes } from './oci.ts'
import { olderForm } from './older-form.ts'

const layoutNames: ReadonlySet<string> = new Set(['oci-layout', 'index.json', 'manifest.json', 'blobs'])

/**
 * @param out a name that ends in `.tar` is an archive, any other a folder
 * @param name `localhost/bookshop:1.0.0` and the like, by which tools know it when it is loaded
 */
export async function writeImage(request: ImageRequest, out: string, name: string, progress: (text: string) => void): Promise<ImageRecord> {
  const target = resolve(out)
  const asArchive = target.endsWith('.tar')
  const replaces = await isReplaceable(target, asArchive)
  await mkdir(dirname(target), { recursive: true })
  const temporary = await mkdtemp(join(dirname(target), `.postern-${basename(target)}-`))
  try {
    const layout = join(temporary, 'layout')
    const made = await makeImage(request, await Blobs.in(layout), temporary, progress)
    await writeIndex(layout, made, name)
    await setModes(layout)
    const next = asArchive ? join(temporary, 'archive.tar') : layout
    if (asArchive) await writeArchive(layout, next, request.epochSeconds)
    if (replaces && !asArchive) await rename(target, join(temporary, 'previous'))
    await rename(next, target)
    const { name: gatewayName, version, digest } = request.gateway.manifest
    const { descriptor, platforms } = made
    return {
      format: 1,
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      name,
      gateway: { name: gatewayName, version, digest },
      platforms,
    }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** False where there is nothing yet. Throws an ImageError for what is no image. */
export async function isReplaceable(target: string, asArchive: boolean, hint = 'Name another place with --out.'): Promise<boolean> {
  const status = await stat(target).catch(() => null)
  if (status === null) return false
  if (asArchive) {
    if (!status.isFile()) throw new ImageError(`${target} is not a file, and is not replaced.`, hint)
    return true
  }
  if (!status.isDirectory()) throw new ImageError(`${target} is a file; only one whose name ends in .tar can be an image.`, hint)
  const names = await readdir(target)
  const foreign = names.find((each) => !layoutNames.has(each))
  if (foreign !== undefined) throw new ImageError(`${target} holds ${foreign}, which is not part of an image, and is not replaced.`, hint)
  return true
}

async function writeIndex(layout: string, { descriptor, platforms }: MadeImage, name: string): Promise<void> {
  const [repository = '', tag = 'latest'] = name.split(/:(?=[^/:]*$)/)
  // As `docker save` names images: containerd wants the whole name.
  const whole = repository.includes('/') ? name : `docker.io/library/${repository}:${tag}`
  const annotations = { 'io.containerd.image.name': whole, 'org.opencontainers.image.ref.name': tag }
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [{ ...descriptor, annotations }] }
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  await writeFile(join(layout, 'index.json'), JSON.stringify(index))
  // The older form beside it, which names the same blobs: for tools that do not read layouts, of the first platform.
  const [first] = platforms
  if (first === undefined) return
  const manifest = JSON.parse(await readFile(join(layout, 'blobs', 'sha256', first.digest.slice('sha256:'.length)), 'utf8')) as {
    readonly config: { readonly digest: string }
  }
  const layers = first.layers.map(({ digest }) => digest)
  await writeFile(join(layout, 'manifest.json'), olderForm(`${repository}:${tag}`, manifest.config.digest, layers))
}

async function filesOf(layout: string): Promise<readonly string[]> {
  const blobs = (await readdir(join(layout, 'blobs', 'sha256'))).toSorted()
  return [...blobs.map((each) => `blobs/sha256/${each}`), 'index.json', 'manifest.json', 'oci-layout']
}

/** Modes are set apart from creation, so that the user's umask has no say in them. */
async function setModes(layout: string): Promise<void> {
  for (const folder of ['', 'blobs', 'blobs/sha256']) await chmod(join(layout, folder), 0o755)
  for (const file of await filesOf(layout)) await chmod(join(layout, file), 0o644)
}

async function writeArchive(layout: string, file: string, epochSeconds: number): Promise<void> {
  const { readable, controller } = createTarPacker()
  const same = { mtime: new Date(epochSeconds * 1000), uid: 0, gid: 0 }
  const packed = async (): Promise<void> => {
    try {
      for (const name of ['blobs/', 'blobs/sha256/'])
        await controller.add({ name, type: 'directory', size: 0, mode: 0o755, ...same }).close()
      for (const name of await filesOf(layout)) {
        const path = join(layout, name)
        const body = controller.add({ name, type: 'file', size: (await stat(path)).size, mode: 0o644, ...same }).getWriter()
        for await (const chunk of createReadStream(path)) await body.write(chunk)
        await body.close()
      }
      controller.finalize()
    } catch (error) {
      controller.error(error)
      throw error
    }
  }
  await Promise.all([packed(), pipeline(Readable.fromWeb(readable as ReadableStream<Uint8Array>), createWriteStream(file))])
  await chmod(file, 0o644)
}
