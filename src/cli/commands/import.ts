/** `postern import wso2`: a WSO2 API Microgateway project becomes a Postern project. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { examine } from '../../compiler/compile.ts'
import { yamlText } from '../../compiler/package/yaml-text.ts'
import { counted } from '../counted.ts'
import { UsageError } from '../failures.ts'
import { tally } from '../formats/text.ts'
import type { AddCommand, Session } from '../session.ts'
import { importReport } from '../wso2/report.ts'

type Options = { readonly out: string; readonly config?: string; readonly certificates?: string; readonly json?: boolean }

const reportFile = 'IMPORT.md'

export const addImport: AddCommand = (program, session) => {
  program
    .command('import')
    .summary('make a project from that of another gateway')
    .description(
      'Makes a Postern project from a WSO2 API Microgateway 3.x project, and a report that says of every setting and file what became of it. No password is taken over.',
    )
    .argument('<from>', 'wso2')
    .argument('<project>', 'folder of the Microgateway project')
    .requiredOption('-o, --out <dir>', 'folder of the new project; it must not exist, or be empty')
    .option('-c, --config <file>', 'micro-gw.conf, which lies with the runtime (default: conf/micro-gw.conf of the project, if any)')
    .option('--certificates <dir>', 'folder with certificates as PEM, each named by its alias in the key store')
    .option('--json', 'print what became of each thing for programs')
    .addHelpText(
      'after',
      '\nExample:\n  $ postern import wso2 petstore --config /opt/microgw/conf/micro-gw.conf --certificates exported --out petstore-postern',
    )
    .action((from: string, project: string, options: Options) => importFrom(from, project, options, session))
}

async function importFrom(from: string, argument: string, options: Options, session: Session): Promise<void> {
  const { report } = session
  if (from !== 'wso2') throw new UsageError(`Projects of ${from} cannot be imported.`, 'Known: wso2.')
  const folder = resolve(argument)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`${argument} is not a folder.`, 'Name the folder of a Microgateway project.')
  if (!['api_definitions', 'gen', 'grpc_definitions'].some((name) => existsSync(join(folder, name))))
    throw new UsageError(
      `${argument} is not a Microgateway project: it has no api_definitions.`,
      'Name the folder that `micro-gw init` has made.',
    )
  const out = resolve(options.out)
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0))
    throw new UsageError(`${options.out} exists, and is not empty.`, 'Name another folder with --out.')
  // What reads TOML is not loaded for other commands.
  const { importProject } = await import('../wso2/import-project.ts')
  const { privateFiles } = await import('../wso2/key-stores.ts')
  const imported = importProject(folder, options.config ?? null, options.certificates ?? null)
  const write = (path: string, content: Buffer | string): void => {
    mkdirSync(dirname(join(out, path)), { recursive: true })
    writeFileSync(join(out, path), content)
  }
  for (const [path, content] of imported.files) write(path, Buffer.isBuffer(content) ? content : yamlText(content))
  write('postern.yaml', yamlText(imported.project))
  write('.gitignore', ['dist/', 'locked/base/', 'locked/base.tmp/', ...privateFiles, ''].join('\n'))
  const { diagnostics } = examine({ projectFolder: out, now: new Date() })
  write(reportFile, importReport(basename(folder), imported.outcomes, diagnostics))
  if (options.json === true) report.result(`${JSON.stringify({ format: 1, outcomes: imported.outcomes }, null, 2)}\n`)
  const count = (kind: string): number => imported.outcomes.filter((outcome) => outcome.kind === kind).length
  report.note(
    `${counted(count('carried'), 'thing')} carried over, ${count('differs')} with a difference, ${count('not-supported')} not supported.`,
  )
  report.note(`Check: ${tally(diagnostics)}. All of it is in ${join(options.out, reportFile)}.`)
}
