/** The README's way from a definition to a container is gone as it stands, but for folder, ports and the wrapping by npm. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { cliFile, runCli } from '../cli/run-cli.ts'
import { Podman, podmanIsMissing } from '../container/podman.ts'
import { freePort } from '../wire/free-port.ts'
import { fencedBlocks, readDocument, section } from './markdown.ts'
import { groupsOf, outputOf, start } from './sample-readme.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-walk-'))
const bookshop = join(folder, 'bookshop')
const [building = [], container = [], asking = []] = fencedBlocks(section(readDocument('README.md'), 'From definition to container'))
  .filter(({ language }) => language === 'sh')
  .map(({ text }) => text.trim().split('\n').map(here))
let podman: Podman | undefined

/** The same line, in this test's folder and without npm. */
function here(line: string): string {
  return line.replaceAll('npm run -s postern --', `'${process.execPath}' '${cliFile}'`).replaceAll('../bookshop', bookshop)
}

before(async () => {
  const { code, stderr } = await runCli(['init', bookshop, '--quiet'])
  assert.equal(code, 0, stderr)
})

after(async () => {
  await podman?.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('from a definition to an image and to manifests that name it', async () => {
  assert.equal(building.length, 12)
  const said = await outputOf(building.join('\n'))
  assert.match(said, /ok {2}rebuild/)
  const digest = readFileSync(join(folder, 'bookshop.digest'), 'utf8').trim()
  const deployment = readFileSync(join(bookshop, 'kubernetes/deployment.yaml'), 'utf8')
  assert.match(digest, /^sha256:[0-9a-f]{64}$/)
  assert.ok(deployment.includes(`image: registry.example.com/bookshop@${digest}\n`))
})

test('the image is loaded, runs, and answers', { skip: podmanIsMissing }, async (t) => {
  podman = new Podman()
  const path = `${podman.onPath()}:${process.env.PATH}`
  const [load = '', run = '', ...others] = container
  assert.deepEqual(others, [])
  await outputOf(`PATH='${path}' ${load}`)
  const problem = await podman.cannotStart('localhost/bookshop:1.0.0', '/usr/bin/node')
  if (problem !== null) return t.skip(problem)

  const [backendPort, port, adminPort] = [await freePort(), await freePort(), await freePort()]
  const backend = start(t, `'${process.execPath}' ${join(bookshop, 'backend.mjs')}`, { BACKEND_PORT: String(backendPort) })
  await groupsOf(backend, [/(listens)/])
  const settings = [
    'POSTERN_HOST=127.0.0.1',
    `POSTERN_HTTP_PORT=${port}`,
    `POSTERN_ADMIN_PORT=${adminPort}`,
    `BACKEND_URL=http://127.0.0.1:${backendPort}`,
  ]
  const line = run.replace(' localhost/', `${settings.map((each) => ` --env ${each}`).join('')} localhost/`)
  assert.notEqual(line, run)
  const gateway = start(t, line, { PATH: path })
  await groupsOf(gateway, [/"event":"(listening)"/])
  const [ask = ''] = asking
  const answer = JSON.parse(await outputOf(ask.replace(':8080/', `:${port}/`).replace('curl ', 'curl -s ')))
  assert.equal(answer.path, '/books')
})
