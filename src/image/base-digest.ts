/** What names a base image: the digest of the one image, or index of images, in a layout. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BaseLayout } from './base-layout.ts'
import { ImageError } from './image-error.ts'
import { descriptorAt, listAt } from './json-reader.ts'

/** Throws an ImageError, or the file system's error. */
export async function baseDigest(path: string): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'postern-base-'))
  try {
    const layout = await BaseLayout.open(path, join(work, 'layout'))
    const { manifests } = await layout.index()
    const [only, another] = listAt(manifests, 'manifests', 200)
    if (only === undefined || another !== undefined)
      throw new ImageError(`${path} does not hold just one image, or index of images.`, 'Copy the one that is wanted: `skopeo copy --all`.')
    const descriptor = descriptorAt(only, 'manifests')
    // It must be what its digest says.
    await layout.json(descriptor)
    return descriptor.digest
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
