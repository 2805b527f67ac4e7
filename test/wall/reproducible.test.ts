/** The same inputs give the same bytes: wherever, whenever and by whomever they are built. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { buildLib } from '../../scripts/build-lib.ts'
import { cliFile } from '../cli/run-cli.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = resolve(import.meta.dirname, '../..')
const golden = join(root, 'test/golden/token-and-limits')
/** With modules of its own. */
const ownSteps = join(root, 'test/golden/own-steps')

type Surroundings = {
  readonly cli: string
  readonly umask: string
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
  readonly project?: string
}

/** Copies the project to a folder of its own, builds it there, and returns the bytes and modes of every file of the bundle. */
async function built(
  t: TestContext,
  { cli, umask, env, folder, project: copied = golden }: Surroundings,
): Promise<Readonly<Record<string, string>>> {
  const project = join(temporaryFolder(t), folder)
  cpSync(copied, project, { recursive: true })
  const command = 'umask "$1"; shift; exec "$@"'
  await promisify(execFile)('sh', ['-c', command, 'sh', umask, process.execPath, cli, 'build', project], {
    cwd: temporaryFolder(t),
    env: { ...process.env, ...env },
  })
  const bundle = join(project, 'dist')
  const files = readdirSync(bundle).toSorted()
  return Object.fromEntries(
    files.map((name) => [name, `${statSync(join(bundle, name)).mode}\n${readFileSync(join(bundle, name), 'latin1')}`]),
  )
}

test('folder, time zone, language, umask and user leave no trace', async (t) => {
  const first = await built(t, { cli: cliFile, umask: '022', env: { TZ: 'UTC', LANG: 'C', USER: 'alice' }, folder: 'a' })
  const second = await built(t, {
    cli: cliFile,
    umask: '077',
    env: {
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      USER: 'bob',
      HOME: '/nonexistent',
      NODE_ENV: 'production',
    },
    folder: 'deeper/and elsewhere',
  })
  assert.deepEqual(Object.keys(first), ['Dockerfile', 'SHA256SUMS', 'gateway.mjs', 'manifest.json', 'provenance.json', 'sbom.cdx.json'])
  assert.deepEqual(second, first)
})

test('modules of the project leave no trace of where it is either', async (t) => {
  const same = { cli: cliFile, umask: '022', env: {}, project: ownSteps }
  assert.deepEqual(await built(t, { ...same, folder: 'deeper/and elsewhere' }), await built(t, { ...same, folder: 'a' }))
})

test('the published package builds what a checkout builds', async (t) => {
  const installed = join(temporaryFolder(t), 'node_modules', 'postern')
  mkdirSync(installed, { recursive: true })
  for (const name of ['bin', 'templates', 'package.json']) cpSync(join(root, name), join(installed, name), { recursive: true })
  buildLib(join(root, 'src'), join(installed, 'lib'))
  for (const name of ['commander', 'esbuild', 'handlebars', 'jose', 'yaml']) {
    symlinkSync(join(root, 'node_modules', name), join(installed, '..', name))
  }
  const surroundings = { umask: '022', env: {}, folder: 'project' }
  const checkout = await built(t, { ...surroundings, cli: cliFile })
  const cli = join(installed, 'bin', 'postern.js')
  assert.deepEqual(await built(t, { ...surroundings, cli }), checkout)
  const own = { ...surroundings, project: ownSteps }
  assert.deepEqual(await built(t, { ...own, cli }), await built(t, { ...own, cli: cliFile }))
})
