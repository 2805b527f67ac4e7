/** `postern selftest`: holds a built gateway to its certificate, with requests. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Option } from 'commander'
import { posternVersion } from '../../contract/version.ts'
import { compileProject } from '../compiled-project.ts'
import { counted } from '../counted.ts'
import { exitCodes } from '../exit-codes.ts'
import { UsageError } from '../failures.ts'
import { selftestAsJunit } from '../formats/selftest-junit.ts'
import { selftestAsText } from '../formats/selftest-text.ts'
import { locate, type Target, targetArgument } from '../locate.ts'
import { manifestOf } from '../manifest-of.ts'
import type { Report } from '../report.ts'
import type { BundleUnderTest, SelftestResult } from '../selftest/selftest.ts'
import type { AddCommand, Session } from '../session.ts'
import { onStopSignal } from '../stop-signals.ts'

type Options = { readonly format: 'text' | 'json'; readonly junit?: string }

export const addSelftest: AddCommand = (program, session) => {
  program
    .command('selftest')
    .summary('hold a gateway to its certificate, with requests for every operation')
    .description(
      'Runs the code of a bundle with throw-away keys and a stand-in backend, sends good and bad requests for every operation, and compares what happens with what the manifest certifies. Needs no network.',
    )
    .argument(...targetArgument)
    .addOption(new Option('--format <format>', 'how to print the result').choices(['text', 'json']).default('text'))
    .option('--junit <file>', 'write the result as JUnit XML as well')
    .addHelpText('after', '\nExamples:\n  $ postern selftest dist\n  $ postern selftest services/shop --junit selftest.xml')
    .action((target: string, options: Options) => runSelftest(target, options, session))
}

async function runSelftest(argument: string, { format, junit }: Options, session: Session): Promise<void> {
  const { report } = session
  const bundle = await bundleOf(locate(argument), report)
  const result = await tested(bundle, report)
  const { name } = bundle.manifest
  if (junit !== undefined) writeFileSync(junit, selftestAsJunit(name, result.tested))
  report.result(format === 'json' ? `${JSON.stringify(result, null, 2)}\n` : selftestAsText(result, (text) => report.emphasis(text)))
  const outcomes = result.tested.flatMap((each) => each.outcomes)
  const failed = outcomes.filter(({ kind }) => kind === 'failed').length
  const notTried = outcomes.filter(({ kind }) => kind === 'not-tried').length
  report.note(`${counted(outcomes.length - failed - notTried, 'test')} passed, ${failed} failed, ${notTried} not tried.`)
  if (failed > 0) session.exitCode = exitCodes.findings
}

async function tested(bundle: BundleUnderTest, report: Report): Promise<SelftestResult> {
  // Only this command needs it.
  const { selftest } = await import('../selftest/selftest.ts')
  const folder = mkdtempSync(join(tmpdir(), 'postern-selftest-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  onStopSignal(() => {
    remove()
    // The gateways end with this process.
    process.exit(exitCodes.findings)
  })
  try {
    return await selftest(bundle, folder, (done, all) => report.progress(`Tested ${done} of ${counted(all, 'operation')}`))
  } finally {
    report.progress('')
    remove()
  }
}

async function bundleOf(target: Target, report: Report): Promise<BundleUnderTest> {
  if (target.kind === 'project') {
    const { files, manifest } = await compileProject(target.folder, report)
    return { gateway: files['gateway.mjs'], manifestText: files['manifest.json'], manifest }
  }
  const manifest = await manifestOf(target, report)
  const { postern } = manifest.compiler
  if (postern !== posternVersion)
    throw new UsageError(`The bundle ${target.folder} was built by Postern ${postern}, and this is ${posternVersion}.`, 'Use that version.')
  const read = (file: string): string => readFileSync(join(target.folder, file), 'utf8')
  return { gateway: read('gateway.mjs'), manifestText: read('manifest.json'), manifest }
}
