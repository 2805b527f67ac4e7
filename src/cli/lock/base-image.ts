/** Which base image a lock is to pin, by what the user says and the last lock. What fetches and reads images is loaded only for them. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LockedBase } from '../../compiler/source/locked-base.ts'
import { lockedBaseFolder } from '../../compiler/source/locked-documents.ts'
import { ImageError } from '../../image/image-error.ts'
import { UsageError } from '../failures.ts'
import { readPlatforms } from '../platforms.ts'
import type { Report } from '../report.ts'
import type { BaseRequest } from './fetch-base.ts'
import { asUsageError } from './fetch-document.ts'
import { isImageReference, readImageReference, referenceText } from './image-reference.ts'

export type BaseOptions = { readonly base?: string; readonly platform?: string; readonly plainHttp?: boolean }

/** What to ask a registry for; `null` where no base image is fetched. */
export function baseRequest({ base, platform, plainHttp = false }: BaseOptions, pinned: LockedBase | null): BaseRequest | null {
  const image = base === undefined ? (pinned?.fetched?.image ?? null) : isImageReference(base) ? base : null
  if (image === null) {
    if (platform === undefined && !plainHttp) return null
    throw new UsageError(
      '--platform and --plain-http are for a base image that is fetched.',
      'Name it: --base docker://<registry>/<name>:<tag>.',
    )
  }
  const reference = readImageReference(image)
  const platforms = platform ?? (base === undefined ? (pinned?.fetched?.platforms ?? null) : null)
  if (platforms !== null && platforms !== 'all') readPlatforms(platforms)
  return { reference, platforms, digest: reference.digest, plainHttp }
}

/** The base image as a registry has it now; it is fetched unless it is only looked at. */
export async function registryBase(
  projectFolder: string,
  request: BaseRequest,
  { check, report }: { readonly check: boolean; readonly report: Report },
): Promise<LockedBase> {
  const { digestNow, fetchBase } = await import('./fetch-base.ts')
  const digest = await asked(check ? digestNow(request) : fetchBase(projectFolder, request, report))
  return { digest, fetched: { image: referenceText(request.reference), platforms: request.platforms } }
}

/** A layout of the user's, or what was pinned of one. */
export async function givenBase(path: string | undefined, pinned: LockedBase | null): Promise<LockedBase | null> {
  if (path === undefined) return pinned
  if (path === 'none') return null
  if (path === 'host')
    throw new UsageError(
      'What is made of this machine’s Node is no image that can be pinned.',
      'Say `postern image --base host` without --locked.',
    )
  const { baseDigest } = await import('../../image/base-digest.ts')
  return { digest: await asked(baseDigest(path)), fetched: null }
}

/** Fetches just what is pinned. */
export async function fetchPinned(projectFolder: string, pinned: LockedBase | null, plainHttp: boolean, report: Report): Promise<void> {
  const request = pinned?.fetched == null ? null : baseRequest({ plainHttp }, pinned)
  if (pinned === null || request === null) return report.note('postern.lock pins no base image that is fetched.')
  const { fetchBase } = await import('./fetch-base.ts')
  await asked(fetchBase(projectFolder, { ...request, digest: pinned.digest }, report))
  report.note(`${referenceText(request.reference)} lies in ${lockedBaseFolder}, as pinned.`)
}

/** What was fetched for the last lock, where the next names no such image. */
export function removeFetched(projectFolder: string): void {
  rmSync(join(projectFolder, lockedBaseFolder), { recursive: true, force: true })
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof ImageError ? new UsageError(error.message, error.hint) : asUsageError(error)
  }
}
