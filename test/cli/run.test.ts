import assert from 'node:assert/strict'
import { once } from 'node:events'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { LongRunning } from './long-running.ts'
import { runCli } from './run-cli.ts'
import { sampleProject, writeProjectFile } from './sample-project.ts'

/** Milliseconds after which a process that says nothing is given up. */
const limited = { timeout: 120_000 }

/** A backend that answers everything with the path that it was asked for. */
async function backend(t: TestContext): Promise<string> {
  const server = createServer((request, response) => response.end(request.url))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function environment(t: TestContext): Promise<Readonly<Record<string, string>>> {
  return { BACKEND_URL: await backend(t), POSTERN_HOST: '127.0.0.1', POSTERN_HTTP_PORT: '0', POSTERN_ADMIN_PORT: '0' }
}

const listening = /"event":"listening","http":(\d+),"admin":(\d+)/

/** One request on a connection of its own. */
async function statusOf(port: string, path: string, token?: string): Promise<number | undefined> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const [response]: IncomingMessage[] = await once(get({ host: '127.0.0.1', port, path, headers, agent: false }), 'response')
  response?.resume()
  return response?.statusCode
}

test('a project is built and run, takes its own tokens, and drains when it is told to stop', limited, async (t) => {
  const folder = sampleProject(t)
  const gateway = new LongRunning(t, ['run', folder], await environment(t))
  const [, port = ''] = await gateway.written('stdout', listening)
  const token = (await runCli(['token', folder, '--scope', 'books:read'])).stdout.trim()
  assert.equal(await statusOf(port, '/bookshop/v1/books', token), 200)
  assert.equal(await statusOf(port, '/bookshop/v1/books'), 401)
  assert.equal(await gateway.stop('SIGINT'), 0)
})

test('a bundle is run as it is, and its exit code is passed on', limited, async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  const gateway = new LongRunning(t, ['run', join(folder, 'dist')], await environment(t))
  const [, port = ''] = await gateway.written('stdout', listening)
  assert.equal(await statusOf(port, '/bookshop/v1/status'), 200)
  assert.equal(await gateway.stop(), 0)

  const refused = await runCli(['run', join(folder, 'dist')], { env: { POSTERN_HTTP_PORT: 'many' } })
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /POSTERN_HTTP_PORT/)
})

test('a project that cannot be built is not run', limited, async (t) => {
  const folder = sampleProject(t)
  appendFileSync(join(folder, 'postern.yaml'), 'colour: red\n')
  const { code, stdout, stderr } = await runCli(['run', folder])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /unknown-key/)
})

test('a bundle cannot be watched', limited, async (t) => {
  const folder = sampleProject(t)
  await runCli(['build', folder])
  assert.equal((await runCli(['run', join(folder, 'dist'), '--watch'])).code, 2)
})

test('run --watch replaces the gateway on the same ports, and drops no request', limited, async (t) => {
  const folder = sampleProject(t)
  const definition = join(folder, 'bookshop.yaml')
  const text = readFileSync(definition, 'utf8').replace('throttle: Standard', 'throttle: Unlimited')
  writeFileSync(definition, text)
  const gateway = new LongRunning(t, ['run', folder, '--watch'], await environment(t))
  const [, port = '', admin] = await gateway.written('stdout', listening)
  await gateway.written('stderr', /Watching/)

  let stopped = false
  const statuses: (number | undefined)[] = []
  const clients = Promise.all(
    [1, 2, 3].map(async () => {
      while (!stopped) statuses.push(await statusOf(port, '/bookshop/v1/status'))
    }),
  )
  writeFileSync(definition, text.replaceAll('/status:', '/open:'))
  const second = await gateway.written('stdout', listening, 2)
  assert.deepEqual([second[1], second[2]], [port, admin])
  await gateway.written('stdout', /"event":"stopped"/)
  stopped = true
  await clients

  assert.equal(await statusOf(port, '/bookshop/v1/open'), 200)
  assert.equal(await statusOf(port, '/bookshop/v1/status'), 404)
  // Requests of the time of change were answered by the old gateway or by the new one.
  assert.deepEqual(
    [...new Set(statuses)].filter((status) => status !== 200 && status !== 404),
    [],
  )
  assert.equal(await gateway.stop(), 0)
})

test('run --watch keeps the running gateway while the project is broken', limited, async (t) => {
  const folder = sampleProject(t)
  const definition = join(folder, 'bookshop.yaml')
  const text = readFileSync(definition, 'utf8')
  const gateway = new LongRunning(t, ['run', folder, '--watch'], await environment(t))
  const [, port = ''] = await gateway.written('stdout', listening)
  await gateway.written('stderr', /Watching/)
  writeFileSync(definition, `${text}\n  broken`)
  await gateway.written('stderr', /Nothing was built/)
  assert.equal(await statusOf(port, '/bookshop/v1/status'), 200)
  writeFileSync(definition, text.replaceAll('/status:', '/open:'))
  await gateway.written('stdout', listening, 2)
  await gateway.written('stdout', /"event":"stopped"/)
  assert.equal(await statusOf(port, '/bookshop/v1/open'), 200)
  assert.equal(await gateway.stop(), 0)
})

test('run --watch ends with its gateway when the project is gone', limited, async (t) => {
  const folder = sampleProject(t)
  const gateway = new LongRunning(t, ['run', folder, '--watch', '-o', join(temporaryFolder(t), 'out')], await environment(t))
  await gateway.written('stderr', /Watching/)
  rmSync(folder, { recursive: true })
  await gateway.written('stdout', /"event":"stopped"/)
  assert.equal(await gateway.ended, 2)
})

test('what is watched runs in one thread', limited, async (t) => {
  const { code, stderr } = await runCli(['run', sampleProject(t), '--watch'], { env: { POSTERN_WORKERS: '2' } })
  assert.equal(code, 2)
  assert.match(stderr, /runs in one thread[\s\S]*POSTERN_WORKERS/)
})

test('build --watch builds again when the project changes, in new folders too', limited, async (t) => {
  const folder = sampleProject(t)
  const build = new LongRunning(t, ['build', folder, '--watch'])
  await build.written('stderr', /Watching/)
  const definition = join(folder, 'bookshop.yaml')
  const status = { get: { operationId: 'isOpen', security: [], responses: {} } }
  writeProjectFile(folder, 'parts/status.json', JSON.stringify(status))
  writeFileSync(
    definition,
    readFileSync(definition, 'utf8').replace(/ {2}\/status:[\s\S]*?(?=\ncomponents:)/, '  /status: { $ref: parts/status.json }\n'),
  )
  await build.written('stderr', /Built /, 2)
  assert.match(readFileSync(join(folder, 'dist', 'manifest.json'), 'utf8'), /"isOpen"/)
  writeProjectFile(folder, 'parts/status.json', JSON.stringify({ get: { ...status.get, operationId: 'isClosed' } }))
  await build.written('stderr', /Built /, 3)
  assert.match(readFileSync(join(folder, 'dist', 'manifest.json'), 'utf8'), /"isClosed"/)
  assert.equal(await build.stop('SIGINT'), 0)
})

test('build --watch waits for a project that cannot be built yet', limited, async (t) => {
  const folder = sampleProject(t)
  const file = join(folder, 'postern.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, `${text}colour: red\n`)
  const build = new LongRunning(t, ['build', folder, '--watch'])
  await build.written('stderr', /unknown-key/)
  await build.written('stderr', /Watching/)
  writeFileSync(file, text)
  await build.written('stderr', /Built /)
  assert.equal(await build.stop(), 0)
})

test('who was told of a mistake is told when it is undone', limited, async (t) => {
  const folder = sampleProject(t)
  const file = join(folder, 'postern.yaml')
  const text = readFileSync(file, 'utf8')
  const watching = [
    new LongRunning(t, ['build', folder, '--watch']),
    new LongRunning(t, ['run', folder, '-w', '-o', join(temporaryFolder(t), 'run')], await environment(t)),
  ]
  for (const command of watching) await command.written('stderr', /Watching/)
  writeFileSync(file, `${text}colour: red\n`)
  for (const command of watching) await command.written('stderr', /Nothing was built/)
  writeFileSync(file, text)
  for (const command of watching) await command.written('stderr', /\n(?:No findings|1 warning); the bundle is up to date\.\n/)
})
