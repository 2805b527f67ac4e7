/** The manifest of what a command was given: read from a bundle, or made from a project. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from '../compiler/digest.ts'
import { provenanceFile } from '../compiler/package/provenance.ts'
import { checksumsFile, readChecksums } from '../contract/checksums.ts'
import type { Manifest } from '../contract/manifest.ts'
import { signatureFile } from '../contract/signature-file.ts'
import { compileProject } from './compiled-project.ts'
import { inPresentForm } from './earlier-manifest.ts'
import { UsageError } from './failures.ts'
import type { Target } from './locate.ts'
import { manifestProblem } from './manifest-digest.ts'
import type { Report } from './report.ts'
import { signatureDamage } from './signed-statement.ts'

export async function manifestOf({ kind, folder }: Target, report: Report): Promise<Manifest> {
  return kind === 'bundle' ? readManifest(folder) : (await compileProject(folder, report)).manifest
}

/** The checks that the gateway makes at its start, and the files beside it; so what passes was written by `postern build`. */
export function readManifest(folder: string): Manifest {
  const gateway = readFileSync(join(folder, 'gateway.mjs'))
  const text = readFileSync(join(folder, 'manifest.json'), 'utf8')
  if (manifestProblem(gateway, text) !== null) throw altered(folder, 'its files do not belong together')
  const manifest = JSON.parse(text) as Manifest
  if (manifest.format !== 1) throw new UsageError(`The bundle ${folder} was built by another version of Postern.`, 'Use that version.')
  for (const file of manifest.files) {
    // An image holds the gateway and the manifest only, and no SHA256SUMS.
    const path = join(folder, file.file)
    if (existsSync(path) && digestOf(readFileSync(path)) !== file.digest) {
      throw altered(folder, `its ${file.file} is another`)
    }
  }
  checkChecksums(folder)
  checkSignatureFile(folder)
  return inPresentForm(manifest)
}

/** Every file that SHA256SUMS names, as the gateway does at its start. */
function checkChecksums(folder: string): void {
  const path = join(folder, checksumsFile)
  if (!existsSync(path)) return
  const digests = readChecksums(readFileSync(path, 'utf8'))
  if (digests === null) throw altered(folder, `its ${checksumsFile} is not as it was built`)
  for (const [name, digest] of digests) {
    const file = join(folder, name)
    if (!existsSync(file)) throw altered(folder, `it has no ${name}, which ${checksumsFile} names`)
    if (digestOf(readFileSync(file)) !== `sha256:${digest}`) throw altered(folder, `its ${name} is another`)
  }
}

/** That it is whole, as the gateway does; whose it is, `postern verify --key` tells. */
function checkSignatureFile(folder: string): void {
  const path = join(folder, signatureFile)
  if (!existsSync(path)) return
  const provenance = join(folder, provenanceFile)
  if (!existsSync(provenance)) throw altered(folder, `it has no ${provenanceFile}, which ${signatureFile} signs`)
  const damage = signatureDamage(readFileSync(path), readFileSync(provenance))
  if (damage !== null) throw altered(folder, `its ${signatureFile} is another: ${damage}`)
}

function altered(folder: string, what: string): UsageError {
  return new UsageError(`The bundle ${folder} was altered: ${what}.`, 'Build it again with `postern build`.')
}
