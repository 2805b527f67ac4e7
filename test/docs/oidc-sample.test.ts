/** The commands of the sample's README are run in order, as they stand but for folder, ports and the wrapping by npm. */
import assert from 'node:assert/strict'
import { cpSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cliFile } from '../cli/run-cli.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { until } from '../wire/until.ts'
import { root } from './markdown.ts'
import { groupsOf, lacking, outputOf, SampleReadme, start } from './sample-readme.ts'

const sample = join(root, 'samples/oidc-provider')
const readme = new SampleReadme(readFileSync(join(sample, 'README.md'), 'utf8'))
const asking = [
  'Register a client',
  'A JWT',
  'An opaque token, and its revocation',
  'A token that is bound to a key',
  'When the provider changes its keys',
]

test('the commands of the sample oidc-provider', { skip: lacking('openssl', 'curl') }, async (t) => {
  const folder = temporaryFolder(t)
  const project = join(folder, 'oidc-provider')
  cpSync(sample, project, { recursive: true, filter: (source) => !/\/dist$/.test(source) })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const here = (script: string): string =>
    script
      .replaceAll('npm run -s postern --', `'${process.execPath}' '${cliFile}'`)
      .replaceAll(/npx node|node_modules\/\.bin\/node/g, `'${process.execPath}'`)
      .replaceAll('samples/oidc-provider', project)

  const { diagnostics } = JSON.parse(await outputOf(here('npm run -s postern -- check samples/oidc-provider --json')))
  assert.deepEqual(diagnostics, [])
  const built = await outputOf(here(readme.commands('Build').join('')))
  assert.match(built, /not in the file +the keys of http:\/\/localhost:3000/)

  const [secret, provider, books, gateway, ...others] = here(readme.commands('Start').join(''))
    .replaceAll(/ & [A-Z]+=\$!\n/g, '\n')
    .trim()
    .split('\n')
  assert.match(secret ?? '', /^export GATEWAY_SECRET=/)
  assert.deepEqual(others, [])
  const env = { GATEWAY_SECRET: 'known-to-both' }
  const providing = start(t, provider!, { ...env, PROVIDER_PORT: '0' })
  const [providerPort] = await groupsOf(providing, [/^provider listens on (\d+)/])
  const [booksPort] = await groupsOf(start(t, books!, { BOOKS_PORT: '0' }), [/^books listens on (\d+)/])
  const ports = { POSTERN_HTTP_PORT: '0', POSTERN_ADMIN_PORT: '0' }
  const urls = { PROVIDER_URL: `http://localhost:${providerPort}`, BOOKS_URL: `http://127.0.0.1:${booksPort}` }
  const [http, admin] = await groupsOf(start(t, gateway!, { ...env, ...urls, ...ports }), [
    /"event":"listening".*"http":(\d+)/,
    /"event":"listening".*"admin":(\d+)/,
  ])
  await until(async () => (await fetch(`http://127.0.0.1:${admin}/ready`)).status === 200)

  const script = [`PROVIDER=${providing.pid}\n`, ...asking.flatMap((heading) => readme.commands(heading))].join('echo =\n')
  const output = await outputOf(here(script).replaceAll(':3000', `:${providerPort}`).replaceAll(':8080/', `:${http}/`))
  assert.deepEqual(output.split('=\n'), ['', '', ...asking.flatMap((heading) => readme.answers(heading))])
})
