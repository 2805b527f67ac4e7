/** The commands of the sample's README are run in order, as they stand but for folder, ports and the wrapping by npm. */
import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cliFile } from '../cli/run-cli.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { root } from './markdown.ts'
import { groupsOf, lacking, outputOf, SampleReadme, start } from './sample-readme.ts'

const sample = join(root, 'samples/fleet')
const readme = new SampleReadme(readFileSync(join(sample, 'README.md'), 'utf8'))
const asking = ['A token, over TLS', 'An event stream', 'A client certificate', 'A WebSocket', 'gRPC']

test('the commands of the sample fleet', { skip: lacking('openssl', 'curl') }, async (t) => {
  const project = join(temporaryFolder(t), 'fleet')
  cpSync(sample, project, { recursive: true, filter: (source) => !/\/(?:dist|keys)$/.test(source) })
  const here = (script: string): string =>
    script
      .replaceAll('npm run -s postern --', `'${process.execPath}' '${cliFile}'`)
      .replaceAll('npx node', `'${process.execPath}'`)
      .replaceAll('samples/fleet', project)

  await outputOf(here(readme.commands('Keys and certificates').join('')))
  const { diagnostics } = JSON.parse(await outputOf(here('npm run -s postern -- check samples/fleet --json')))
  assert.deepEqual(diagnostics, [])
  const built = await outputOf(here(readme.commands('Build').join('')))
  assert.match(built, /client certificate/)

  const [backend, gateway, ...others] = here(readme.commands('Start').join('')).replaceAll(' &\n', '\n').trim().split('\n')
  assert.deepEqual(others, [])
  const [fleet, dispatch] = await groupsOf(start(t, backend!, { FLEET_PORT: '0', DISPATCH_PORT: '0' }), [
    /^fleet listens on (\d+)/,
    /^dispatch listens on (\d+)/,
  ])
  const [http, https] = await groupsOf(
    start(t, gateway!, {
      FLEET_URL: `http://127.0.0.1:${fleet}`,
      DISPATCH_URL: `http://127.0.0.1:${dispatch}`,
      POSTERN_HTTP_PORT: '0',
      POSTERN_HTTPS_PORT: '0',
      POSTERN_ADMIN_PORT: '0',
    }),
    [/"event":"listening".*"http":(\d+)/, /"event":"listening".*"https":(\d+)/],
  )

  const script = asking.flatMap((heading) => readme.commands(heading)).join('echo =\n')
  const output = await outputOf(here(script).replaceAll(':8080/', `:${http}/`).replaceAll(':8443', `:${https}`))
  assert.deepEqual(
    output.split('=\n'),
    asking.flatMap((heading) => readme.answers(heading)),
  )
})
