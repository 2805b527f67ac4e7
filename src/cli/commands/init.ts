/** `postern init`: a project that builds and runs at once. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { examine } from '../../compiler/compile.ts'
import { exitCodeFor } from '../compiled-project.ts'
import { UsageError } from '../failures.ts'
import { tally } from '../formats/text.ts'
import { definitionNameFor, type OwnDefinition, projectNameFor, scaffold } from '../project-scaffold.ts'
import type { AddCommand, Session } from '../session.ts'

export const addInit: AddCommand = (program, session) => {
  program
    .command('init')
    .summary('make a project that builds and runs at once')
    .description('Makes a project: a definition, policies, a development key pair and a sample backend.')
    .argument('<dir>', 'folder to make it in; it must not exist, or be empty')
    .option('--definition <file>', 'an OpenAPI or Swagger definition to start from, instead of the sample')
    .addHelpText('after', '\nExamples:\n  $ postern init bookshop\n  $ postern init my-gateway --definition ../api/openapi.yaml')
    .action((dir: string, options: { readonly definition?: string }) => init(dir, options.definition, session))
}

function init(dir: string, definition: string | undefined, session: Session): void {
  const { report } = session
  const folder = resolve(dir)
  const own = definition === undefined ? null : readDefinition(definition)
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UsageError(`${dir} is not empty.`, 'Name a folder that does not exist yet.')
  }
  for (const { path, content, mode } of scaffold(projectNameFor(basename(folder)), own)) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode, flag: 'wx' })
  }
  report.note(`Made a project in ${dir}. README.md there tells how to run it.`)

  // A definition that was not written for a gateway may leave something to decide.
  const { diagnostics } = examine({ projectFolder: folder, now: new Date() })
  report.findings(diagnostics)
  if (diagnostics.hasErrors) report.note(`It does not build yet: ${tally(diagnostics)}.`)
  session.exitCode = exitCodeFor(diagnostics)
}

function readDefinition(file: string): OwnDefinition {
  return { file: definitionNameFor(basename(file)), content: readFileSync(file) }
}
