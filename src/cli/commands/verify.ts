/** `postern verify`: whether a bundle is whole, whose it is, and whether its project makes it. */
import { exitCodes } from '../exit-codes.ts'
import { UsageError } from '../failures.ts'
import { locate, locateProject } from '../locate.ts'
import { readPublicKey } from '../private-key.ts'
import type { AddCommand, Session } from '../session.ts'
import { table } from '../table.ts'
import { bundleChecks } from '../verification/bundle-checks.ts'
import { readBundleFolder } from '../verification/bundle-contents.ts'
import type { Check } from '../verification/check.ts'
import { rebuildCheck } from '../verification/rebuild-check.ts'
import { signatureCheck } from '../verification/signature-check.ts'

type Options = { readonly key?: string; readonly rebuild?: string; readonly json?: boolean }

export const addVerify: AddCommand = (program, session) => {
  program
    .command('verify')
    .summary('check that a bundle is whole, and whose it is')
    .description(
      'Checks the digests of a bundle and that its files belong together; with --key that its provenance is signed; with --rebuild that the project gives the same bytes.',
    )
    .argument('<bundle>', 'folder of a bundle')
    .option('-k, --key <file>', 'public key or certificate (PEM) that must have signed the provenance')
    .option('-r, --rebuild <project>', 'project that must give the same bytes')
    .option('--json', 'print the checks for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern verify dist\n  $ postern verify dist --key release.pub.pem --rebuild .\n\nEnds with 1 where a check fails.',
    )
    .action((bundle: string, options: Options) => verify(bundle, options, session))
}

async function verify(argument: string, options: Options, session: Session): Promise<void> {
  const { report } = session
  const { kind, folder } = locate(argument)
  if (kind === 'project') throw new UsageError(`${argument} is a project.`, 'Name the bundle that was built from it.')
  const key = options.key === undefined ? null : readPublicKey(options.key)
  const project = options.rebuild === undefined ? null : locateProject(options.rebuild)
  const contents = readBundleFolder(folder)
  const checks = [...bundleChecks(contents), signatureCheck(contents, key), await rebuildCheck(contents, project, report)]
  const whole = checks.every(({ outcome }) => outcome !== 'failed')
  report.result(options.json === true ? `${JSON.stringify({ format: 1, whole, checks }, null, 2)}\n` : told(checks))
  if (whole) return
  session.exitCode = exitCodes.findings
  report.failure(`The bundle ${argument} is not what it should be.`, 'Do not run it. Build it again with `postern build`.')
}

function told(checks: readonly Check[]): string {
  const words = { passed: 'ok', failed: 'FAILED', 'not-asked': '-' } as const
  return table(checks.map(({ name, outcome, detail }) => [words[outcome], name, detail]))
}
