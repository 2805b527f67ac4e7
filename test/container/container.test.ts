/** An image of the petstore, made of this machine's Node, loaded and run as it is run in production, and read by others' tools. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { ImageRecord } from '../../src/image/image-record.ts'
import { loopback } from '../behaviour/running-gateway.ts'
import { AttachedGateway, cannotStart } from './container-engine.ts'
import { Docker, dockerIsMissing } from './docker.ts'
import { makeImage, petstoreBundle } from './petstore-image.ts'
import { Podman, podmanIsMissing } from './podman.ts'

const skip = process.platform === 'linux' ? false : 'images are for Linux'
const folder = mkdtempSync(join(tmpdir(), 'postern-container-'))
const archive = join(folder, 'petstore.tar')
const layout = join(folder, 'layout')
const image = 'localhost/petstore:1.0.0'
let bundle: string
let record: ImageRecord
let again: ImageRecord

before(async () => {
  if (skip !== false) return
  bundle = await petstoreBundle(folder)
  const elsewhere = join(folder, 'else where')
  mkdirSync(elsewhere)
  cpSync(bundle, join(elsewhere, 'bundle'), { recursive: true })
  const made = await Promise.all([
    makeImage([bundle, '--base', 'host', '--out', archive], { umask: '022', cwd: folder, env: { TZ: 'UTC', USER: 'alice' } }),
    makeImage(['bundle', '--base', 'host', '--out', layout], {
      umask: '077',
      cwd: elsewhere,
      env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', USER: 'bob' },
    }),
  ])
  record = made[0]
  again = made[1]
})
after(() => rmSync(folder, { recursive: true, force: true }))

describe('an image of the petstore', { skip }, () => {
  it('has the same digest wherever, by whom and with whatever umask it is made', () => assert.deepEqual(again, record))

  it('has layers that all gateways share, below 60 MB, and its own of less than 1 MB', () => {
    const [platform] = record.platforms
    assert.ok(platform !== undefined && platform.size < 60e6, String(platform?.size))
    assert.deepEqual(
      platform.layers.map(({ holds }) => holds),
      ['libraries', 'node', 'gateway'],
    )
    assert.ok(platform.layers.at(-1)!.size < 1e6)
    assert.ok(statSync(archive).size < 60e6)
  })

  for (const [form, path, program] of [
    ['an OCI archive', `oci-archive:${archive}`, 'skopeo'],
    ['an OCI layout', `oci:${layout}`, 'skopeo'],
    ['an archive of docker', `docker-archive:${archive}`, 'skopeo'],
  ] as const) {
    it(`is read by skopeo as ${form}`, async (t) => {
      if (spawnSync(program, ['--version']).error !== undefined) return t.skip('skopeo is not installed')
      const config = JSON.parse((await promisify(execFile)(program, ['inspect', '--config', path])).stdout)
      assert.deepEqual(
        [config.config.User, config.config.WorkingDir, config.config.StopSignal, config.config.Entrypoint],
        ['65532:65532', '/gateway', 'SIGTERM', record.platforms[0]!.entrypoint],
      )
      assert.equal(config.config.Labels['dev.postern.gateway.digest'], record.gateway.digest)
      if (form.startsWith('an OCI'))
        assert.equal(JSON.parse((await promisify(execFile)(program, ['inspect', path])).stdout).Digest, record.digest)
    })
  }
})

describe('a container of it', { skip: skip || podmanIsMissing }, () => {
  let podman: Podman
  let cannotStart: string | null
  before(async () => {
    podman = new Podman()
    const loaded = await podman.load(archive)
    assert.equal(loaded.code, 0, loaded.stderr)
    assert.match(loaded.stdout, /localhost\/petstore:1\.0\.0/)
    cannotStart = await podman.cannotStart(image, record.platforms[0]!.node.path)
  })
  after(() => podman.remove())

  const started = (t: TestContext, name: string, args: readonly string[], environment: Readonly<Record<string, string>>, of = image) =>
    new AttachedGateway(t, podman, name, { args, environment, image: of })
  const pidOf = async (name: string) => (await podman.run(['inspect', '--format', '{{.State.Pid}}', name])).stdout.trim()

  it('serves without root, capabilities or a place to write, in 128 MB, and drains before it ends with 0', async (t) => {
    if (cannotStart !== null) return t.skip(cannotStart)
    const held = Promise.withResolvers<ServerResponse>()
    const backend = createServer((_, answer) => held.resolve(answer)).listen(0, '127.0.0.1')
    await once(backend, 'listening')
    t.after(() => backend.close())
    const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/v2`
    const container = started(t, 'serves', ['--network=host'], { ...loopback, PETSTORE_URL: url })
    const { http, admin } = await container.listening()
    assert.equal((await answerOf(`http://127.0.0.1:${admin}/ready`)).status, 200)
    assert.equal((await answerOf(`http://127.0.0.1:${http}/petstore/v1/pets`)).status, 401)

    const status = readFileSync(`/proc/${await pidOf('serves')}/status`, 'utf8')
    assert.match(status, /^Uid:\t65532\t65532\t65532\t65532$/m)
    assert.match(status, /^CapEff:\t0+$/m)
    assert.match(status, /^NoNewPrivs:\t1$/m)

    const answer = answerOf(`http://127.0.0.1:${http}/petstore/v1/health`)
    const open = await held.promise
    container.stop()
    assert.equal((await container.log.find(({ event }) => event === 'draining')).inFlight, 1)
    open.end('fine')
    assert.deepEqual(await answer, { status: 200, body: 'fine' })
    assert.equal(await container.ended, 0)
    assert.equal((await container.log.find(({ event }) => event === 'stopped')).cut, 0)
    assert.equal(container.stderr, '')
  })

  it('is ready where there is no network but its own loopback interface', async (t) => {
    if (cannotStart !== null) return t.skip(cannotStart)
    const container = started(t, 'isolated', ['--network=none'], loopback)
    const { admin } = await container.listening()
    const ask = `fetch('http://127.0.0.1:${admin}/ready').then(async (answer) => console.log(answer.status, await answer.text()))`
    const inside = ['--target', await pidOf('isolated'), '--net', process.execPath, '--eval', ask]
    const { stdout } = await promisify(execFile)('nsenter', inside)
    assert.match(stdout, /^200 \{"status":"ready"/)
    container.stop()
    assert.equal(await container.ended, 0)
  })

  it('is a base of its own, for the Dockerfile of the bundle', async (t) => {
    if (cannotStart !== null) return t.skip(cannotStart)
    const built = await podman.build(bundle, 'localhost/built:1', { BASE: image })
    assert.equal(built.code, 0, built.stderr)
    const container = started(t, 'built', ['--network=none'], loopback, 'localhost/built:1')
    await container.listening()
    container.stop()
    assert.equal(await container.ended, 0)
  })

  it('does not start with another manifest in it', async (t) => {
    if (cannotStart !== null) return t.skip(cannotStart)
    const other = join(folder, 'other.json')
    writeFileSync(other, readFileSync(join(bundle, 'manifest.json'), 'utf8').replace('"petstore"', '"petstare"'))
    const container = started(t, 'altered', ['--network=none', '--volume', `${other}:/gateway/manifest.json:ro`], loopback)
    assert.equal(await container.ended, 1)
    assert.match(container.stderr, /^postern: the gateway does not start: manifest\.json was altered$/m)
  })
})

describe('a container of it, by docker', { skip: skip || dockerIsMissing }, () => {
  it('is loaded, serves with as little, and ends with 0', async (t) => {
    const docker = new Docker()
    t.after(() => docker.remove())
    const problem = await docker.problem
    if (problem !== null) return t.skip(problem)
    const loaded = await docker.load(archive)
    assert.deepEqual(loaded, { code: 0, stdout: `Loaded image: ${image}\n`, stderr: '' })
    const lacking = await cannotStart(docker, image, record.platforms[0]!.node.path)
    if (lacking !== null) return t.skip(lacking)

    const container = new AttachedGateway(t, docker, 'serves', { args: ['--network=host'], environment: loopback, image })
    const { http, admin } = await container.listening()
    assert.equal((await answerOf(`http://127.0.0.1:${admin}/ready`)).status, 200)
    assert.equal((await answerOf(`http://127.0.0.1:${http}/petstore/v1/pets`)).status, 401)
    container.stop()
    assert.equal(await container.ended, 0)
    assert.equal((await container.log.find(({ event }) => event === 'stopped')).cut, 0)
  })
})

async function answerOf(url: string): Promise<{ status: number | undefined; body: string }> {
  const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
  return { status: answer.statusCode, body: await text(answer) }
}
