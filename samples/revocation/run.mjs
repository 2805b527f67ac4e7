// All of it on one machine: a Redis, an issuer with a key that is thrown away, a backend, two gateways; a token is taken, revoked, and refused.
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

const postern = join(import.meta.dirname, '../../bin/postern.js')
const folder = mkdtempSync(join(tmpdir(), 'postern-sample-'))
const children = new Set()

try {
  makeProject()
  const backend = createServer((_, response) => response.end('[]\n')).listen(0, '127.0.0.1')
  await once(backend, 'listening')
  const redisPort = await freePort()
  await startRedis(redisPort)
  const settings = { LEDGER_URL: `http://127.0.0.1:${backend.address().port}`, REDIS_URL: `redis://127.0.0.1:${redisPort}` }

  await run('build', [folder], settings)
  const one = await startGateway('one', settings)
  let two = await startGateway('two', settings)
  const [token, other] = [(await run('token', [folder], settings)).trim(), (await run('token', [folder], settings)).trim()]
  await call(one, 'the token', token)
  await call(two, 'the token', token)

  process.stdout.write(await run('revoke', ['-', folder], settings, token))
  await refused(one, token)
  await refused(two, token)
  await call(one, 'the token', token)
  await call(two, 'the token', token)
  await call(two, 'another token', other)

  await stop(two.child)
  two = await startGateway('two, started again,', settings)
  await call(two, 'the token', token)
  backend.close()
} finally {
  for (const child of children) await stop(child)
  rmSync(folder, { recursive: true, force: true })
}

/** The project as it stands here, and a pair of keys that ends with it. */
function makeProject() {
  for (const file of ['postern.yaml', 'ledger.yaml']) copyFileSync(join(import.meta.dirname, file), join(folder, file))
  mkdirSync(join(folder, 'keys'))
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(join(folder, 'keys/dev-private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  writeFileSync(join(folder, 'keys/idp.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
}

async function startRedis(port) {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const child = start('redis-server', options, {})
  await lineOf(child, /Ready to accept connections/)
  console.log('Redis is there')
}

/** Resolves when the gateway knows what is revoked. */
async function startGateway(name, settings) {
  const ports = { POSTERN_HOST: '127.0.0.1', POSTERN_HTTP_PORT: '0', POSTERN_ADMIN_PORT: '0' }
  const child = start(process.execPath, [join(folder, 'dist/gateway.mjs')], { ...settings, ...ports })
  const [, http, admin] = await lineOf(child, /"event":"listening".*"http":(\d+).*"admin":(\d+)/)
  while ((await fetch(`http://127.0.0.1:${admin}/ready`)).status !== 200) await pause(20)
  console.log(`gateway ${name} is ready`)
  return { name: name.split(',')[0], child, url: `http://127.0.0.1:${http}/ledger/v1/entries` }
}

async function statusOf({ url }, token) {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  await answer.text()
  return answer.status
}

async function call(gateway, what, token) {
  console.log(`gateway ${gateway.name} answers ${await statusOf(gateway, token)} to ${what}`)
}

/** A stream is heard of within milliseconds, but not at once. */
async function refused(gateway, token) {
  while ((await statusOf(gateway, token)) !== 401) await pause(5)
}

async function run(command, words, settings, input = '') {
  const child = start(process.execPath, [postern, command, ...words], settings)
  child.stdin.end(input)
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (child.exitCode !== 0) throw new Error(`postern ${command} ended with ${child.exitCode}`)
  return output
}

function start(program, words, settings) {
  const child = spawn(program, words, { env: { ...process.env, ...settings }, stdio: ['pipe', 'pipe', 'inherit'] })
  children.add(child)
  child.on('exit', () => children.delete(child))
  return child
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** The first line that fits. */
async function lineOf(child, pattern) {
  for await (const line of createInterface(child.stdout)) {
    const found = pattern.exec(line)
    if (found === null) continue
    child.stdout.resume()
    return found
  }
  throw new Error(`it ended without ${pattern}`)
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
