/** `postern verify`: whether a bundle or an image is whole, whose it is, and whether its project makes it. */

import type { KeyObject } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { exitCodes } from '../exit-codes.ts'
import { UsageError } from '../failures.ts'
import { locate, locateProject } from '../locate.ts'
import { readPublicKey } from '../private-key.ts'
import type { Report } from '../report.ts'
import type { AddCommand, Session } from '../session.ts'
import { table } from '../table.ts'
import { bundleChecks } from '../verification/bundle-checks.ts'
import { type BundleContents, readBundleFolder } from '../verification/bundle-contents.ts'
import type { Check } from '../verification/check.ts'
import { imageChecks } from '../verification/image-checks.ts'
import { rebuildCheck } from '../verification/rebuild-check.ts'
import { signatureCheck } from '../verification/signature-check.ts'

type Options = { readonly key?: string; readonly rebuild?: string; readonly proof?: string; readonly json?: boolean }

export const addVerify: AddCommand = (program, session) => {
  program
    .command('verify')
    .summary('check that a bundle or an image is whole, and whose it is')
    .description(
      'Checks the digests of a bundle or an image, and that its files belong together; with --key that its provenance is signed; with --rebuild that the project gives the same bytes.',
    )
    .argument('<bundle or image>', 'folder of a bundle, or an image as an OCI layout or archive')
    .option('-k, --key <file>', 'public key or certificate (PEM) that must have signed the provenance')
    .option('-r, --rebuild <project>', 'project that must give the same bytes')
    .option('--proof <dir>', 'of an image: what `postern image --proof` has written')
    .option('--json', 'print the checks for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern verify dist\n  $ postern verify dist --key release.pub.pem --rebuild .\n  $ postern verify bookshop.tar --proof proof --key release.pub.pem\n\nEnds with 1 where a check fails.',
    )
    .action((bundle: string, options: Options) => verify(bundle, options, session))
}

async function verify(argument: string, options: Options, session: Session): Promise<void> {
  const { report } = session
  const asked = {
    key: options.key === undefined ? null : readPublicKey(options.key),
    project: options.rebuild === undefined ? null : locateProject(options.rebuild),
    proof: options.proof === undefined ? null : readBundleFolder(options.proof),
  }
  const checks = isImage(argument) ? await checkImage(argument, asked, report) : await checkBundle(argument, asked, report)
  const whole = checks.every(({ outcome }) => outcome !== 'failed')
  report.result(options.json === true ? `${JSON.stringify({ format: 1, whole, checks }, null, 2)}\n` : told(checks))
  if (whole) return
  session.exitCode = exitCodes.findings
  report.failure(`${argument} is not what it should be.`, 'Do not run it. Make it again.')
}

type Asked = { readonly key: KeyObject | null; readonly project: string | null; readonly proof: BundleContents | null }

function isImage(argument: string): boolean {
  const status = statSync(argument, { throwIfNoEntry: false })
  if (status?.isDirectory() === true) return existsSync(join(argument, 'oci-layout'))
  return status?.isFile() === true && argument.endsWith('.tar')
}

async function checkImage(path: string, { key, project, proof }: Asked, report: Report): Promise<readonly Check[]> {
  const { checks, files } = await imageChecks(path, proof)
  const signature = signatureCheck(proof ?? new Map(), key)
  return [...checks, signature, await rebuildCheck(files, project, ['gateway.mjs', 'manifest.json'], report)]
}

async function checkBundle(argument: string, { key, project, proof }: Asked, report: Report): Promise<readonly Check[]> {
  if (proof !== null) throw new UsageError('--proof is for images.', 'A bundle has its proof in its folder.')
  const { kind, folder } = locate(argument)
  if (kind === 'project') throw new UsageError(`${argument} is a project.`, 'Name the bundle that was built from it.')
  const contents = readBundleFolder(folder)
  return [...bundleChecks(contents), signatureCheck(contents, key), await rebuildCheck(contents, project, null, report)]
}

function told(checks: readonly Check[]): string {
  const words = { passed: 'ok', failed: 'FAILED', 'not-asked': '-' } as const
  return table(checks.map(({ name, outcome, detail }) => [words[outcome], name, detail]))
}
