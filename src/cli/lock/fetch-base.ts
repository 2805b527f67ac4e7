/** The base image that a lock pins by its address: fetched into the project, whole or not at all. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOf } from '../../compiler/digest.ts'
import { lockedBaseFolder } from '../../compiler/source/locked-documents.ts'
import { readBounded } from '../../image/base-layout.ts'
import { type ImageSource, type Root, rootOf, type WantedPlatforms, writeFetchedLayout } from '../../image/fetched-layout.ts'
import { isReplaceable } from '../../image/write-image.ts'
import { readPlatforms } from '../platforms.ts'
import type { Report } from '../report.ts'
import { systemWaiting, type Waiting } from './attempts.ts'
import { FetchError } from './bounded-fetch.ts'
import { type ImageReference, imageName, referenceText } from './image-reference.ts'
import { patience, Registry } from './registry.ts'
import { refuseLink } from './write-lock.ts'

export type BaseRequest = {
  readonly reference: ImageReference
  /** `null`: the only one that there is; else `all`, or a list with commas. */
  readonly platforms: string | null
  /** Only the image with this digest; `null`: the one that the address stands for now. */
  readonly digest: string | null
  readonly plainHttp: boolean
}

/** The digest of what the address stands for now; no image is fetched. */
export async function digestNow(request: BaseRequest, waiting: Waiting = systemWaiting): Promise<string> {
  const { reference, digest, plainHttp } = request
  if (digest !== null) return digest
  const registry = new Registry(reference, { plainHttp, patience, waiting })
  return (await registry.digestOf(reference.tag ?? 'latest')) ?? (await rootAt(registry, request)).descriptor.digest
}

/** Returns the image's digest. Throws a FetchError, ImageError or UsageError; the last image stands then. */
export async function fetchBase(
  projectFolder: string,
  request: BaseRequest,
  report: Report,
  waiting: Waiting = systemWaiting,
): Promise<string> {
  const { reference, plainHttp } = request
  const wanted = wantedPlatforms(request.platforms)
  const registry = new Registry(reference, { plainHttp, patience, waiting })
  refuseLink(projectFolder)
  const target = join(projectFolder, lockedBaseFolder)
  const replaces = await isReplaceable(target, false, 'Take it away: `postern lock` makes it.')
  // One name, so that what a command leaves behind that was killed is taken away by the next.
  const temporary = `${target}.tmp`
  await rm(temporary, { recursive: true, force: true })
  report.progress(`fetching ${referenceText(reference)}`)
  try {
    const root = (await rootThere(target, request.digest)) ?? (await rootAt(registry, request))
    const next = join(temporary, 'next')
    const source = sourceOf(registry, referenceText(reference), report)
    await writeFetchedLayout(next, { root, name: imageName(reference), earlier: target }, wanted, source)
    await mkdir(dirname(target), { recursive: true })
    if (replaces) await rename(target, join(temporary, 'previous'))
    await rename(next, target)
    return root.descriptor.digest
  } finally {
    await rm(temporary, { recursive: true, force: true })
    report.progress('')
  }
}

export function wantedPlatforms(text: string | null): WantedPlatforms {
  return text === null || text === 'all' ? text : readPlatforms(text)
}

async function rootAt(registry: Registry, { reference, digest }: BaseRequest): Promise<Root> {
  const { content, contentType } = await registry.manifest(digest ?? reference.tag ?? 'latest')
  const root = rootOf(content, contentType)
  if (digest === null || root.descriptor.digest === digest) return root
  throw new FetchError(`${reference.registry} gives another image than ${digest}`)
}

/** The image with this digest that has been fetched before; with all its blobs there, nobody is asked. */
async function rootThere(layout: string, digest: string | null): Promise<Root | null> {
  if (digest === null) return null
  const content = await readBounded(join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length))).catch(() => null)
  return content === null || digestOf(content) !== digest ? null : rootOf(content, null)
}

function sourceOf(registry: Registry, name: string, report: Report): ImageSource {
  return {
    manifest: async function* (digest) {
      yield (await registry.manifest(digest)).content
    },
    blob: (digest) => registry.blob(digest),
    progress: (done, all) => report.progress(`fetching ${name}: ${megabytes(done)} of ${megabytes(all)} MB`),
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}
