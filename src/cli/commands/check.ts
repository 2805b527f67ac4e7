/** `postern check`: every finding, nothing written. */
import { Option } from 'commander'
import { capacityProofs, proofInWords } from '../../compiler/check/capacity-proof.ts'
import { examine } from '../../compiler/compile.ts'
import { limitBounds } from '../../compiler/plan/limit-bounds.ts'
import { makePlan } from '../../compiler/plan/make-plan.ts'
import { exitCodeFor } from '../compiled-project.ts'
import { tally } from '../formats/text.ts'
import { locateProject, projectArgument } from '../locate.ts'
import { type DiagnosticFormat, diagnosticFormats } from '../report.ts'
import type { AddCommand } from '../session.ts'

type Options = { readonly format: DiagnosticFormat; readonly json?: boolean; readonly frozen?: boolean }

export const addCheck: AddCommand = (program, session) => {
  program
    .command('check')
    .summary('find everything that is wrong with a project')
    .description('Reads a project and prints every finding, each with file, line, column and what to do. Nothing is written.')
    .argument(...projectArgument)
    .addOption(new Option('--format <format>', 'how findings are printed').choices(diagnosticFormats).default('text'))
    .option('--json', 'the same as --format json')
    .option('--frozen', 'postern.lock must pin what the project names, and nothing else')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern check\n  $ postern check services/shop --format github\n  $ postern check --format sarif > postern.sarif',
    )
    .action((project: string, options: Options) => {
      const folder = locateProject(project)
      const { diagnostics, project: sound } = examine({ projectFolder: folder, now: new Date(), frozen: options.frozen === true })
      session.report.findingsAsResult(diagnostics, options.json ? 'json' : options.format, folder)
      session.report.note(`Checked ${project}: ${tally(diagnostics)}.`)
      session.exitCode = exitCodeFor(diagnostics)
      if (sound === null) return
      for (const [title, lines] of [
        ['How exactly limits hold:', limitBounds(makePlan(sound))],
        ['What can reach backends:', capacityProofs(sound).map(proofInWords)],
      ] as const)
        if (lines.length > 0) session.report.note([title, ...lines.map((line) => `  ${line}`)].join('\n'))
    })
}
