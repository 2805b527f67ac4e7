/** Whether an image is whole, holds a gateway, and is the one that its proof speaks of. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOf, hexOf } from '../../compiler/digest.ts'
import { provenanceFile } from '../../compiler/package/provenance.ts'
import { ImageError } from '../../image/image-error.ts'
import type { ReadImage } from '../../image/read-image.ts'
import { manifestCheck, subjectsOf } from './bundle-checks.ts'
import type { BundleContents } from './bundle-contents.ts'
import { type Check, failed, notAsked, passed } from './check.ts'

/** `files`: the gateway's, empty where the image cannot be read. */
export type ImageChecks = { readonly checks: readonly Check[]; readonly files: BundleContents }

/** @param proof what `postern image --proof` has written; `null` where the user has named none. */
export async function imageChecks(path: string, proof: BundleContents | null): Promise<ImageChecks> {
  const work = await mkdtemp(join(tmpdir(), 'postern-verify-'))
  try {
    // What reads archives is not loaded for other commands.
    const { readImage } = await import('../../image/read-image.ts')
    return checksOf(await readImage(path, join(work, 'layout')), proof)
  } catch (error) {
    if (error instanceof ImageError) return { checks: [failed('image', error.message)], files: new Map() }
    throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function checksOf({ digest, platforms }: ReadImage, proof: BundleContents | null): ImageChecks {
  const [first, ...others] = platforms.map(({ files }) => files)
  const files = first ?? new Map<string, Buffer>()
  const same = others.every((other) => [...files].every(([name, content]) => other.get(name)?.equals(content) === true))
  const image = same
    ? passed('image', `${digest} for ${platforms.map(({ platform }) => platform).join(', ')}`)
    : failed('image', 'its platforms have different gateways')
  return { checks: [image, manifestCheck(files), provenanceOf(digest, proof)], files }
}

function provenanceOf(digest: string, proof: BundleContents | null): Check {
  const name = 'provenance'
  if (proof === null) return notAsked(name, 'held against nothing: name what `postern image --proof` has written with --proof')
  const text = proof.get(provenanceFile)
  const subjects = text === undefined ? null : subjectsOf(text.toString('utf8'))
  if (subjects === null) return failed(name, `there is no in-toto statement with SLSA provenance in ${provenanceFile}`)
  const [own] = [...subjects].filter(([, hex]) => hex === hexOf(digest))
  if (own === undefined) return failed(name, 'it is that of another image')
  const altered = [...subjects].filter(([file, hex]) => file !== own[0] && digestIn(proof, file) !== hex).map(([file]) => file)
  return altered.length > 0 ? failed(name, `it does not vouch for ${altered.join(', ')}`) : passed(name, `of ${own[0]}`)
}

/** `null` for a file that is not there. */
function digestIn(proof: BundleContents, file: string): string | null {
  const content = proof.get(file)
  return content === undefined ? null : hexOf(digestOf(content))
}
