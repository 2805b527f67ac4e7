/** The commands of the sample's README are run in order, as they stand but for folder, ports and the wrapping by npm. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { cliFile } from '../cli/run-cli.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { fencedBlocks, root, section } from './markdown.ts'

const sample = join(root, 'samples/fleet')
const readme = readFileSync(join(sample, 'README.md'), 'utf8')
const asking = ['A token, over TLS', 'An event stream', 'A client certificate', 'A WebSocket', 'gRPC']
const needed = ['openssl', 'curl'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined)

function commands(heading: string): readonly string[] {
  return fencedBlocks(section(readme, heading)).flatMap((block) => (block.language === 'sh' ? [block.text] : []))
}

async function outputOf(script: string): Promise<string> {
  const child = spawn('sh', ['-ec', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  assert.equal(child.exitCode, 0, `${output}${errors}`)
  return output
}

function start(t: TestContext, line: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn('sh', ['-c', `exec env ${line}`], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  return child
}

/** Reads lines until all patterns have been seen, and gives the first group of each. */
async function groupsOf(child: ChildProcess, patterns: readonly RegExp[]): Promise<readonly string[]> {
  const found: string[] = []
  for await (const line of createInterface(child.stdout!)) {
    for (const [index, pattern] of patterns.entries()) found[index] ??= pattern.exec(line)?.[1] as string
    if (patterns.some((_, index) => found[index] === undefined)) continue
    child.stdout!.resume()
    return found
  }
  throw new Error(`ended without ${patterns.join(' ')}`)
}

test('the commands of the sample fleet', { skip: needed.length > 0 && `there is no ${needed.join(' and no ')} here` }, async (t) => {
  const project = join(temporaryFolder(t), 'fleet')
  cpSync(sample, project, { recursive: true, filter: (source) => !/\/(?:dist|keys)$/.test(source) })
  const here = (script: string): string =>
    script
      .replaceAll('npm run -s postern --', `'${process.execPath}' '${cliFile}'`)
      .replaceAll('npx node', `'${process.execPath}'`)
      .replaceAll('samples/fleet', project)

  await outputOf(here(commands('Keys and certificates').join('')))
  const { diagnostics } = JSON.parse(await outputOf(here('npm run -s postern -- check samples/fleet --json')))
  assert.deepEqual(diagnostics, [])
  const built = await outputOf(here(commands('Build').join('')))
  assert.match(built, /client certificate/)

  const [backend, gateway, ...others] = here(commands('Start').join('')).replaceAll(' &\n', '\n').trim().split('\n')
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

  const script = asking.flatMap(commands).join('echo =\n')
  const output = await outputOf(here(script).replaceAll(':8080/', `:${http}/`).replaceAll(':8443', `:${https}`))
  const promised = asking.flatMap((heading) => fencedBlocks(section(readme, heading)).filter(({ language }) => language === ''))
  assert.deepEqual(
    output.split('=\n'),
    promised.map((block) => block.text),
  )
})
