/** A project built to a folder, for the commands that write one. */
import type { KeyObject } from 'node:crypto'
import { join, relative, resolve } from 'node:path'
import { compile } from '../compiler/compile.ts'
import type { Diagnostics } from '../compiler/diagnostics.ts'
import { BundleTargetError, writeBundle } from '../compiler/package/write-bundle.ts'
import type { Manifest } from '../contract/manifest.ts'
import { signatureFile } from '../contract/signature-file.ts'
import { type Compiled, reportRejected } from './compiled-project.ts'
import { counted } from './counted.ts'
import { UsageError } from './failures.ts'
import { tally } from './formats/text.ts'
import type { Report } from './report.ts'
import { signStatement } from './signed-statement.ts'

/** Where the bundle goes; the user need not say. */
export function bundleFolder(projectFolder: string, out: string | undefined): string {
  return out === undefined ? join(projectFolder, 'dist') : resolve(out)
}

export type BuildOptions = {
  /** Folder of the bundle. */
  readonly out: string
  /** Private, with which the provenance is signed; `null` for no signature. */
  readonly key: KeyObject | null
  /** postern.lock must pin what the project names, and nothing else. */
  readonly frozen: boolean
  /** What manifests need is looked at as well. */
  readonly forKubernetes: boolean
}

/** For a gateway that is only tried out. */
export const plain: Omit<BuildOptions, 'out'> = { key: null, frozen: false, forKubernetes: false }

export type BuildOutcome =
  | { readonly kind: 'built'; readonly manifest: Manifest; readonly compiled: Compiled }
  /** The project makes the bundle that is there already. */
  | { readonly kind: 'unchanged'; readonly diagnostics: Diagnostics }
  | { readonly kind: 'rejected'; readonly diagnostics: Diagnostics }

/**
 * Builds and writes, and tells what was built. Findings are reported, and leave the last bundle as it is.
 * @param lastDigest of the bundle that is there; empty for none, or to write it in any case.
 */
export async function buildProject(
  projectFolder: string,
  { out, key, frozen, forKubernetes }: BuildOptions,
  lastDigest: string,
  report: Report,
): Promise<BuildOutcome> {
  const started = performance.now()
  const result = await compile({ projectFolder, now: new Date(), frozen, forKubernetes })
  if (result.kind === 'rejected') {
    reportRejected(result.diagnostics, report)
    return result
  }
  if (result.manifest.digest === lastDigest) return { kind: 'unchanged', diagnostics: result.diagnostics }
  if (!report.quiet) report.findings(result.diagnostics)
  await write(result, key, out)
  noteBuilt(result, out, performance.now() - started, report)
  return { kind: 'built', manifest: result.manifest, compiled: result }
}

/** Builds a project again and again, and writes a bundle only where it differs from the last one. */
export class RepeatedBuild {
  readonly #projectFolder: string
  readonly #options: BuildOptions
  readonly #report: Report
  #digest = ''
  #rejected = false

  constructor(projectFolder: string, options: BuildOptions, report: Report) {
    this.#projectFolder = projectFolder
    this.#options = options
    this.#report = report
  }

  async next(): Promise<BuildOutcome> {
    const outcome = await buildProject(this.#projectFolder, this.#options, this.#digest, this.#report)
    if (outcome.kind === 'built') this.#digest = outcome.manifest.digest
    // Who was told of mistakes must learn that they are gone.
    if (outcome.kind === 'unchanged' && this.#rejected) noteUpToDate(outcome.diagnostics, this.#report)
    this.#rejected = outcome.kind === 'rejected'
    return outcome
  }
}

function noteUpToDate(diagnostics: Diagnostics, report: Report): void {
  if (!report.quiet) report.findings(diagnostics)
  const found = tally(diagnostics)
  report.note(`${found.charAt(0).toUpperCase()}${found.slice(1)}; the bundle is up to date.`)
}

async function write({ files }: Compiled, key: KeyObject | null, out: string): Promise<void> {
  try {
    await writeBundle(out, key === null ? files : { ...files, [signatureFile]: signStatement(files['provenance.json'], key) })
  } catch (error) {
    if (error instanceof BundleTargetError) throw new UsageError(`${error.message}.`, 'Name another folder with --out.')
    throw error
  }
}

function noteBuilt({ manifest, files }: Compiled, out: string, milliseconds: number, report: Report): void {
  const size = Math.ceil(Buffer.byteLength(files['gateway.mjs']) / 1024)
  const operations = `${counted(manifest.operations.length, 'operation')} of ${counted(manifest.apis.length, 'API')}`
  const path = relative('', join(out, 'gateway.mjs'))
  report.note(`Built ${path}: ${operations}, ${size} KiB, in ${(milliseconds / 1000).toFixed(2)} s`)
  report.note(manifest.digest)
}
