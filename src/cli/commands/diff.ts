/** `postern diff`: what changes for clients and for security between two gateways. */
import { Option } from 'commander'
import { posternVersion } from '../../contract/version.ts'
import { compareGateways } from '../diff/compare-gateways.ts'
import { type Difference, type DifferenceClass, differenceClasses } from '../diff/difference.ts'
import { differencesAsGithub } from '../diff/formats/github.ts'
import { differencesAsJson } from '../diff/formats/json.ts'
import { differencesAsMarkdown } from '../diff/formats/markdown.ts'
import { differencesAsSarif } from '../diff/formats/sarif.ts'
import { differencesAsText } from '../diff/formats/text.ts'
import { tallied } from '../diff/grouped.ts'
import { type Side, sideOf, sidesSince } from '../diff/side.ts'
import { exitCodes } from '../exit-codes.ts'
import { UsageError } from '../failures.ts'
import type { AddCommand, Session } from '../session.ts'

const formats = ['text', 'markdown', 'json', 'sarif', 'github'] as const
type Format = (typeof formats)[number]

type Options = { readonly format: Format; readonly git?: string; readonly failOn?: string }

export const addDiff: AddCommand = (program, session) => {
  program
    .command('diff')
    .summary('tell what changes for clients and for security')
    .description(
      'Compares what two gateways enforce, and not how that is written. Each of them is a project, a bundle, or either in a revision of a git repository, as in main:services/shop.',
    )
    .argument('[old]', 'project, bundle, or <revision>:<folder>')
    .argument('[new]', 'the same')
    .option('--git <revision>', 'compare a project with itself in another revision; then only the project is named')
    .option('--fail-on <classes>', `end with 1 where there is a difference of one of these classes: ${differenceClasses.join(',')}`)
    .addOption(new Option('--format <format>', 'how differences are printed').choices(formats).default('text'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern diff dist-old dist\n  $ postern diff --git main --fail-on weakening,breaking\n  $ postern diff main:services/shop services/shop --format markdown',
    )
    .action((old: string | undefined, next: string | undefined, options: Options) => diff(old, next, options, session))
}

async function diff(old: string | undefined, next: string | undefined, options: Options, session: Session): Promise<void> {
  const { report } = session
  const failing = classesIn(options.failOn)
  const now = new Date()
  const [before, after] = await sides(old, next, options, now, session)
  const differences = compared(before, after, now)
  report.result(formatted(differences, options.format, before, after, session))
  report.note(`${before.name} → ${after.name}: ${tallied(differences)}.`)
  if (differences.some((each) => failing.has(each.class))) session.exitCode = exitCodes.findings
}

/** @throws UsageError where a bundle of another version lacks what cannot be done without. */
function compared(before: Side, after: Side, now: Date): readonly Difference[] {
  try {
    return compareGateways(before, after, now)
  } catch (error) {
    const foreign = [before, after].find(({ manifest }) => manifest.compiler.postern !== posternVersion)
    if (foreign === undefined || !(error instanceof TypeError)) throw error
    const message = `${foreign.name} was built by Postern ${foreign.manifest.compiler.postern}, and this version cannot compare its manifest.`
    throw new UsageError(message, 'Build it again, or use that version.')
  }
}

async function sides(
  old: string | undefined,
  next: string | undefined,
  { git }: Options,
  now: Date,
  { report }: Session,
): Promise<readonly [Side, Side]> {
  if (git !== undefined) {
    if (next !== undefined)
      throw new UsageError('With --git, there is one project to name.', 'Leave one out, or write `<revision>:<folder>`.')
    return sidesSince(git, old ?? '.', now, report)
  }
  if (old === undefined || next === undefined) {
    throw new UsageError('There are two gateways to compare.', 'Name both, or one project with --git <revision>.')
  }
  return [await sideOf(old, now, report), await sideOf(next, now, report)]
}

function formatted(differences: readonly Difference[], format: Format, before: Side, after: Side, { report }: Session): string {
  const named = ({ name, manifest: { digest } }: Side): { readonly name: string; readonly digest: string } => ({ name, digest })
  const compared = { before: named(before), after: named(after) }
  switch (format) {
    case 'text':
      return differencesAsText(differences, report.paint)
    case 'markdown':
      return differencesAsMarkdown(differences, compared)
    case 'json':
      return differencesAsJson(differences, compared)
    case 'sarif':
      return differencesAsSarif(differences, after.folder)
    case 'github':
      return differencesAsGithub(differences, after.folder)
  }
}

function classesIn(text: string | undefined): ReadonlySet<DifferenceClass> {
  const names = text === undefined ? [] : text.split(',').map((name) => name.trim())
  const classes = differenceClasses.filter((name) => names.includes(name))
  const unknown = names.find((name) => !differenceClasses.some((known) => known === name))
  if (unknown !== undefined) throw new UsageError(`--fail-on: \`${unknown}\` is not a class.`, `They are ${differenceClasses.join(', ')}.`)
  return new Set(classes)
}
