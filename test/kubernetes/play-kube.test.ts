/** The manifests that `postern build --kubernetes` writes run as they are, in a network with a way out and in one without. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { TarEntry } from 'modern-tar'
import { runCli } from '../cli/run-cli.ts'
import { Podman, PodmanError, podmanIsMissing } from '../container/podman.ts'
import { BaseFixture } from '../unit/image/base-fixture.ts'
import { freePort } from '../wire/free-port.ts'
import { until } from '../wire/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-kube-'))
const project = join(folder, 'shop')
/** In the image. */
const node = '/usr/bin/node'
/** The second one has the addresses of the first, as the project names the backend by its address. */
const networks = [`postern-out-${process.pid}`, `postern-in-${process.pid}`] as const
/** Why the tests are skipped; false where they are not. Pods need catatonit. */
let lacking = podmanIsMissing || (spawnSync('catatonit', ['--version']).error !== undefined && 'catatonit is not installed')
let podman: Podman | undefined
let image = ''
let network = { subnet: '', backend: '' }
let ports = { http: 0, admin: 0 }

before(async () => {
  if (lacking !== false) return
  podman = new Podman()
  const found = await unlessPodmanFails(podman.network(networks[0]))
  if (found === null) return
  network = { subnet: found.subnet, backend: found.gateway.replace(/\.1$/, '.200') }
  ports = { http: await freePort(), admin: await freePort() }
  writeProject()
  await postern('build', project)
  const archive = join(folder, 'shop.tar')
  const digest = await postern('image', join(project, 'dist'), '--base', await baseImage(), '--out', archive, '--tag', 'localhost/shop:1')
  image = `localhost/shop@${digest.trim()}`
  assert.equal((await podman.load(archive)).code, 0)
  const options = ['--network', networks[0], '--memory', '256m', '--read-only', '--entrypoint', node]
  if ((await unlessPodmanFails(podman.output('run', '--rm', ...options, image, '--version'))) === null) return
  await podman.removeNetwork(networks[0])
  await postern('build', project, '--kubernetes', '--image', image)
  writeFileSync(join(folder, 'all.yaml'), allManifests())
  writeFileSync(join(folder, 'secret.json'), JSON.stringify({ SHOP_PASSWORD: Buffer.from('hush').toString('base64') }))
  await podman.output('secret', 'create', 'shop-secrets', join(folder, 'secret.json'))
})

/** What the sandbox does not allow shows before anything is tested, and is a reason to test nothing. */
async function unlessPodmanFails<T>(probe: Promise<T>): Promise<T | null> {
  try {
    return await probe
  } catch (error) {
    if (!(error instanceof PodmanError)) throw error
    lacking = `podman does not work here: ${error.message}`
    return null
  }
}

after(async () => {
  await podman?.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** This Node and its libraries, uncompressed: that is the most of the work which an image is. */
async function baseImage(): Promise<string> {
  const libraries = spawnSync('ldd', [process.execPath], { encoding: 'utf8' }).stdout.matchAll(/(?:=> |^\s*)(\/\S+)/gm)
  const layer = [entryOf(process.execPath, node), ...[...libraries].map(([, path = '']) => entryOf(path, path))]
  const base = new BaseFixture(join(folder, 'base'))
  base.index(await base.image([layer], { compression: 'none' }))
  return base.folder
}

function entryOf(path: string, name: string): TarEntry {
  const body = readFileSync(path)
  return { header: { name: name.slice(1), type: 'file', size: body.length, mode: 0o755, mtime: new Date(0) }, body }
}

function writeProject(): void {
  mkdirSync(project)
  writeFileSync(
    join(project, 'postern.yaml'),
    `name: shop
version: 1.0.0
apis:
  - definition: shop.yaml
    backend: { url: "\${SHOP_URL}", credential: { basic: { user: gateway, password: "\${SHOP_PASSWORD}" } } }
    security: public
listen: { http: ${ports.http}, admin: ${ports.admin} }
kubernetes:
  settings: { SHOP_URL: "http://${network.backend}:9000" }
  route: { gateway: public }
  monitoring: { namespace: monitoring }
`,
  )
  const paths = "paths: { /items: { get: { responses: { '200': { description: fine } } } } }"
  writeFileSync(join(project, 'shop.yaml'), `openapi: 3.1.0\ninfo: { title: Shop, version: 1.0.0 }\n${paths}\n`)
}

async function postern(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { cwd: folder })
  assert.equal(code, 0, stderr)
  return stdout
}

/** All objects in one stream: podman takes those of which it knows the kind, and passes over the others. */
function allManifests(): string {
  const manifests = join(project, 'kubernetes')
  const names = readdirSync(manifests).filter((name) => name !== 'kustomization.yaml')
  assert.equal(names.length, 9)
  return names.map((name) => readFileSync(join(manifests, name), 'utf8')).join('---\n')
}

for (const [index, options] of [[], ['--internal']].entries()) {
  test(`the manifests run in a network ${index === 0 ? 'with' : 'without'} a way out`, async (t) => {
    if (lacking !== false || podman === undefined) return t.skip(lacking || undefined)
    const output = podman.output.bind(podman)
    const name = networks[index]!
    await podman.network(name, '--subnet', network.subnet, ...options)
    await output(
      'run',
      '--detach',
      '--name',
      'backend',
      '--network',
      name,
      '--ip',
      network.backend,
      '--entrypoint',
      node,
      image,
      '--eval',
      backend,
    )
    await output('play', 'kube', '--network', name, join(folder, 'all.yaml'))
    const container = 'shop-pod-0-gateway'
    const inside = (code: string): Promise<string> => output('exec', container, node, '--eval', code)
    let told = ''
    await until(
      async () => {
        told = `${await output('logs', 'backend')} ${await output('logs', container)}`
        return told.includes('listens') && told.includes('"event":"listening"')
      },
      () => told,
    )

    const ready = `fetch('http://127.0.0.1:${ports.admin}/ready').then((answer) => console.log(answer.status))`
    assert.equal(await inside(ready), '200')
    const asked = `fetch('http://127.0.0.1:${ports.http}/items').then(async (answer) => console.log(answer.status, await answer.text()))`
    assert.equal(await inside(asked), `200 Basic ${Buffer.from('gateway:hush').toString('base64')}`)

    assert.deepEqual(JSON.parse(await inside(lookAround)), {
      user: [65_532, 65_532],
      status: ['CapEff:0000000000000000', 'NoNewPrivs:1', 'Seccomp:2'],
      written: 'EROFS',
      // Asked of the kernel, so that nothing leaves this machine.
      wayOut: index === 0,
    })
    const facts = await output('inspect', '--format', '{{.HostConfig.Memory}} {{.HostConfig.ReadonlyRootfs}}', container)
    assert.equal(facts, `${320 * 1024 * 1024} true`)

    await output('stop', '--time', '20', container)
    assert.equal(await output('inspect', '--format', '{{.State.ExitCode}}', container), '0')
    assert.match(await output('logs', container), /"event":"draining"[\s\S]*"event":"stopped"/)
    await podman.removeContainers()
    await podman.removeNetwork(name)
  })
}

/** Says with which credential it was asked. */
const backend = `
require('node:http').createServer((request, response) => response.end(request.headers.authorization)).listen(9000, () => console.log('listens'))
process.on('SIGTERM', () => process.exit())
`

/** What the gateway is in there. */
const lookAround = `
const { readFileSync, writeFileSync } = require('node:fs')
const status = readFileSync('/proc/self/status', 'utf8').split('\\n').filter((line) => /^(CapEff|NoNewPrivs|Seccomp):/.test(line))
const wayOut = readFileSync('/proc/net/route', 'utf8').split('\\n').some((line) => line.split('\\t')[1] === '00000000')
let written = ''
try { writeFileSync('/here', '') } catch ({ code }) { written = code }
console.log(JSON.stringify({ user: [process.getuid(), process.getgid()], status: status.map((line) => line.replace(/\\s+/g, '')), written, wayOut }))
`
