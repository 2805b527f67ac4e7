/** The README's way to a gateway of one's own leads there: its lines are run as they stand, but for folder, ports and the wrapping by npm. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { cliFile } from '../cli/run-cli.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { freePort } from '../wire/free-port.ts'
import { fencedBlocks, readDocument, root, section } from './markdown.ts'

function start(t: TestContext, line: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn('sh', ['-c', `exec ${line}`], { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  return child
}

async function lineOf(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  for await (const line of createInterface(child.stdout!)) {
    const match = pattern.exec(line)
    if (match === null) continue
    child.stdout!.resume()
    return match
  }
  throw new Error(`ended without ${pattern}`)
}

async function outputOf(line: string): Promise<string> {
  const child = spawn('sh', ['-c', line], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
  assert.equal(child.exitCode, 0, line)
  return output
}

test('the README leads to a gateway', async (t) => {
  const project = join(temporaryFolder(t), 'bookshop')
  const backendPort = await freePort()
  const lines = fencedBlocks(section(readDocument('README.md'), 'A gateway of your own API'))
    .filter(({ language }) => language === 'sh')
    .slice(0, 2)
    .flatMap((block) => block.text.trim().split('\n'))
    .map((line) => line.replaceAll('npm run -s postern --', `'${process.execPath}' '${cliFile}'`).replaceAll('../bookshop', project))
    .map((line) => line.replace(/^node /, `'${process.execPath}' `).replace(/ &$/, ''))
  const [setup, init, backend, run, curl, explain] = lines
  assert.equal(lines.length, 6)
  assert.equal(setup, 'npm run setup')

  await outputOf(init!)
  await lineOf(start(t, backend!, { BACKEND_PORT: String(backendPort) }), /listens/)
  const gateway = start(t, run!, {
    BACKEND_URL: `http://127.0.0.1:${backendPort}`,
    POSTERN_HOST: '127.0.0.1',
    POSTERN_HTTP_PORT: '0',
    POSTERN_ADMIN_PORT: '0',
  })
  const [, port] = await lineOf(gateway, /"event":"listening","http":(\d+)/)
  const answer = JSON.parse(await outputOf(curl!.replace(':8080/', `:${port}/`).replace('curl ', 'curl -s ')))
  assert.equal(answer.path, '/books')
  assert.match(await outputOf(explain!), /limit +Slow/)
})
