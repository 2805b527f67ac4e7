/** The manifest of what a command was given: read from a bundle, or made from a project. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from '../compiler/plan/canonical.ts'
import type { Manifest } from '../contract/manifest.ts'
import { compileProject } from './compiled-project.ts'
import { UsageError } from './failures.ts'
import type { Target } from './locate.ts'
import type { Report } from './report.ts'

export async function manifestOf({ kind, folder }: Target, report: Report): Promise<Manifest> {
  return kind === 'bundle' ? readManifest(folder) : (await compileProject(folder, report)).manifest
}

/** The checks that the gateway makes at its start, and the files beside it; so what passes was written by `postern build`. */
function readManifest(folder: string): Manifest {
  const gateway = readFileSync(join(folder, 'gateway.mjs'))
  const text = readFileSync(join(folder, 'manifest.json'), 'utf8')
  const digest = digestOf(gateway)
  const ownDigest = digestOf(text.replace(digest, '')).slice('sha256:'.length)
  if (!text.includes(digest) || !gateway.includes(ownDigest)) {
    throw new UsageError(`The bundle ${folder} was altered: its files do not belong together.`, 'Build it again with `postern build`.')
  }
  const manifest = JSON.parse(text) as Manifest
  if (manifest.format !== 1) throw new UsageError(`The bundle ${folder} was built by another version of Postern.`, 'Use that version.')
  for (const file of manifest.files) {
    // An image holds the gateway and the manifest only.
    const path = join(folder, file.file)
    if (existsSync(path) && digestOf(readFileSync(path)) !== file.digest) {
      throw new UsageError(`The bundle ${folder} was altered: its ${file.file} is another.`, 'Build it again with `postern build`.')
    }
  }
  return manifest
}
