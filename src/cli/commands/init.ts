/** `postern init`: a project that builds and runs at once. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { examine } from '../../compiler/compile.ts'
import { exitCodeFor } from '../compiled-project.ts'
import { UsageError } from '../failures.ts'
import { tally, visible } from '../formats/text.ts'
import { type OwnDefinition, readOwnDefinition } from '../own-definition.ts'
import { fitsBeside, projectNameFor, type ScaffoldFile, scaffold } from '../project-scaffold.ts'
import type { Report } from '../report.ts'
import type { AddCommand, Session } from '../session.ts'

export const addInit: AddCommand = (program, session) => {
  program
    .command('init')
    .summary('make a project that builds and runs at once')
    .description('Makes a project: a definition, policies, a development key pair and a sample backend.')
    .argument('<dir>', 'folder to make it in; it must not exist, or be empty')
    .option(
      '--definition <file>',
      'an OpenAPI or Swagger definition to start from, with the files that it refers to, instead of the sample',
    )
    .addHelpText('after', '\nExamples:\n  $ postern init bookshop\n  $ postern init my-gateway --definition ../api/openapi.yaml')
    .action((dir: string, options: { readonly definition?: string }) => init(dir, options.definition, session))
}

function init(dir: string, definition: string | undefined, session: Session): void {
  const { report } = session
  const folder = resolve(dir)
  const own = definition === undefined ? null : readOwnDefinition(definition)
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UsageError(`${dir} is not empty.`, 'Name a folder that does not exist yet.')
  }
  const scaffolded = scaffold(projectNameFor(basename(folder)), own)
  const referenced = (own?.referenced ?? []).filter((file) => fitsBeside(scaffolded, file))
  for (const { path, content, mode } of [...scaffolded, ...referenced.map((file) => ({ ...file, mode: 0o644 }))]) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode, flag: 'wx' })
  }
  report.note(`Made a project in ${dir}. README.md there tells how to run it.`)
  if (own !== null) noteReferences(own, scaffolded, report)

  // A definition that was not written for a gateway may leave something to decide.
  const { diagnostics } = examine({ projectFolder: folder, now: new Date() })
  report.findings(diagnostics)
  if (diagnostics.hasErrors) report.note(`It does not build yet: ${tally(diagnostics)}.`)
  session.exitCode = exitCodeFor(diagnostics)
}

/** What became of the files that the definition refers to. */
function noteReferences({ referenced, leavingFolder }: OwnDefinition, scaffolded: readonly ScaffoldFile[], report: Report): void {
  for (const file of referenced) {
    report.note(
      fitsBeside(scaffolded, file)
        ? `Copied ${visible(file.path)}, which the definition refers to.`
        : `Not copied: ${visible(file.path)}, which the definition refers to. That name is the project's own: give your file another one, also in each $ref to it.`,
    )
  }
  for (const reference of leavingFolder) {
    report.note(`Not copied: ${visible(reference)}. Copy the file into the project, and write its new place into the $ref.`)
  }
}
