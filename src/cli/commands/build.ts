/** `postern build`: the bundle. */
import { bundleFolder, RepeatedBuild } from '../built-bundle.ts'
import { exitCodeFor } from '../compiled-project.ts'
import { exitCodes } from '../exit-codes.ts'
import { buildForKubernetes, clusterTarget } from '../kubernetes-manifests.ts'
import { locateProject, projectArgument } from '../locate.ts'
import { readSigningKey } from '../private-key.ts'
import type { AddCommand, Session } from '../session.ts'
import { stopRequested } from '../stop-signals.ts'
import { projectChanges } from '../watch-project.ts'

type Options = {
  readonly out?: string
  readonly watch?: boolean
  readonly json?: boolean
  readonly kubernetes?: string | true
  readonly image?: string
  readonly sign?: string
  readonly frozen?: boolean
}

export const addBuild: AddCommand = (program, session) => {
  program
    .command('build')
    .summary('build the gateway of a project')
    .description('Builds a project into one folder: the gateway and what tells of it. The same inputs give the same bytes.')
    .argument(...projectArgument)
    .option('-o, --out <dir>', 'folder of the bundle (default: dist in the project)')
    .option('-w, --watch', 'build again when the project changes; a failed build leaves the last bundle')
    .option('-s, --sign <key>', 'sign the provenance with this private key (PEM or JWK); POSTERN_KEY_PASSPHRASE opens an encrypted one')
    .option('--frozen', 'postern.lock must pin what the project names, and nothing else')
    .option('--json', 'print the manifest of what was built')
    .option('--kubernetes [dir]', 'write manifests of Kubernetes as well (default folder: kubernetes in the project)')
    .option('--image <image>', 'image that they run, by its digest: name@sha256:…')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern build\n  $ postern build services/shop --out build/shop-gateway\n  $ postern build --kubernetes --image registry.example.com/shop@sha256:…\n  $ postern build --sign release.key.pem\n  $ node dist/gateway.mjs',
    )
    .action((project: string, options: Options) => build(project, options, session))
}

async function build(project: string, options: Options, session: Session): Promise<void> {
  const { report } = session
  const folder = locateProject(project)
  const out = bundleFolder(folder, options.out)
  const key = options.sign === undefined ? null : (await readSigningKey(options.sign)).key
  const frozen = options.frozen === true
  const repeated = new RepeatedBuild(folder, { out, key, frozen, forKubernetes: false }, report)

  async function buildOnce(): Promise<void> {
    const outcome = await repeated.next()
    if (outcome.kind === 'rejected') session.exitCode = exitCodeFor(outcome.diagnostics)
    if (outcome.kind === 'built' && options.json) report.result(`${JSON.stringify(outcome.manifest, null, 2)}\n`)
  }

  const cluster = clusterTarget(folder, options)
  if (cluster !== null) return buildForKubernetes(folder, { ...cluster, out, key, frozen, json: options.json === true }, session)
  if (!options.watch) return buildOnce()
  const changes = projectChanges(folder, out, stopRequested())
  await buildOnce()
  report.note(`Watching ${project}; stop with Ctrl-C.`)
  for await (const _ of changes) await buildOnce()
  session.exitCode = exitCodes.fine
}
