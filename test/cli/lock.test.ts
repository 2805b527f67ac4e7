/** `postern lock` against a real https server, and builds from what it pins. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { BaseFixture, file, nodeText } from '../unit/image/base-fixture.ts'
import { Authority } from '../wire/authority.ts'
import { type CliResult, runCli } from './run-cli.ts'

type Page = { readonly status?: number; readonly location?: string; readonly text?: string; readonly endless?: boolean }

const folder = mkdtempSync(join(tmpdir(), 'postern-lock-'))
const authority = new Authority()
const caFile = join(folder, 'ca.pem')
const pages = new Map<string, Page>()
let server: Server
let origin = ''

before(async () => {
  writeFileSync(caFile, authority.pem)
  const { cert, key } = authority.issue('localhost')
  server = createServer({ cert, key }, (request, answer) => {
    const { status = 200, location, text = '', endless = false } = pages.get(request.url ?? '') ?? { status: 404 }
    answer.writeHead(status, location === undefined ? {} : { location })
    if (!endless) return answer.end(text)
    const piece = Buffer.alloc(1024 * 1024, 0x20)
    const more = (): void => {
      while (!answer.destroyed && answer.write(piece));
    }
    answer.on('drain', more)
    return more()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `https://localhost:${(server.address() as AddressInfo).port}`
})

after(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

const definition = (title: string): string => `openapi: 3.0.3
info: { title: ${title}, version: 1.0.0 }
paths:
  /pets:
    get:
      security: []
      parameters: [{ $ref: 'common/parameters.yaml#/Limit' }]
      responses: { '200': { description: fine } }
`
const common = 'Limit: { name: limit, in: query, schema: { type: integer } }\n'

/** A project whose definition is at `path` of the server, which says it in two documents. */
function project(t: TestContext, path: string): string {
  pages.set(path, { text: definition('Pets') })
  pages.set(new URL('common/parameters.yaml', `${origin}${path}`).pathname, { text: common })
  const own = temporaryFolder(t)
  writeFileSync(
    join(own, 'postern.yaml'),
    `name: pets\nversion: 1.0.0\napis:\n  - definition: ${origin}${path}\n    backend: http://127.0.0.1:9000\n`,
  )
  return own
}

function cli(...args: readonly string[]): Promise<CliResult> {
  return runCli(args, { env: { NODE_EXTRA_CA_CERTS: caFile } })
}

test('what is named, and what that refers to, is pinned; builds need no network then', async (t) => {
  const own = project(t, '/whole/pets.yaml')
  assert.match((await cli('build', own)).stderr, /not-locked/)
  const locked = await cli('lock', own)
  assert.equal(locked.code, 0, locked.stderr)
  assert.deepEqual(
    locked.stdout.split('\n').map((line) => line.trim()),
    [`new  ${origin}/whole/common/parameters.yaml`, `new  ${origin}/whole/pets.yaml`, ''],
  )
  const before = readFileSync(join(own, 'postern.lock'), 'utf8')
  pages.delete('/whole/pets.yaml')
  const built = await cli('build', own, '--frozen')
  assert.equal(built.code, 0, built.stderr)
  const { inputs } = JSON.parse(readFileSync(join(own, 'dist/manifest.json'), 'utf8'))
  assert.equal(inputs.filter(({ file }: { file: string }) => file === 'postern.lock' || file.startsWith('locked/')).length, 3)
  pages.set('/whole/pets.yaml', { text: definition('Pets') })
  await cli('lock', own)
  assert.equal(readFileSync(join(own, 'postern.lock'), 'utf8'), before, 'the same documents give the same lock')
})

test('--check tells what has changed, and leaves it to the user', async (t) => {
  const own = project(t, '/changing/pets.yaml')
  await cli('lock', own)
  assert.equal((await cli('lock', own, '--check')).code, 0)
  pages.set('/changing/pets.yaml', { text: definition('Other pets') })
  const before = readFileSync(join(own, 'postern.lock'), 'utf8')
  const checked = await cli('lock', own, '--check', '--json')
  assert.equal(checked.code, 1)
  const { documents } = JSON.parse(checked.stdout)
  assert.deepEqual(
    documents.map(({ change }: { change: string }) => change),
    ['same', 'changed'],
  )
  assert.equal(readFileSync(join(own, 'postern.lock'), 'utf8'), before)
  assert.equal((await cli('lock', own)).code, 0)
  assert.equal((await cli('lock', own, '--check')).code, 0)
})

test('what nothing names any more is taken out, and refused by --frozen before', async (t) => {
  const own = project(t, '/leaving/pets.yaml')
  await cli('lock', own)
  const local = definition('Pets').replace(/ +parameters.*\n/, '')
  writeFileSync(join(own, 'pets.yaml'), local)
  const text = readFileSync(join(own, 'postern.yaml'), 'utf8')
  writeFileSync(join(own, 'postern.yaml'), text.replace(/definition: .*/, 'definition: pets.yaml'))
  assert.match((await cli('check', own, '--frozen')).stdout, /stale-lock/)
  assert.equal((await cli('build', own)).code, 0)
  assert.equal((await cli('lock', own)).code, 0)
  assert.deepEqual([existsSync(join(own, 'postern.lock')), readdirSync(join(own, 'locked'))], [false, []])
  assert.equal((await cli('check', own, '--frozen')).code, 0)
})

test('redirects are followed over https, and nowhere else', async (t) => {
  const own = project(t, '/moved/pets.yaml')
  const there = pages.get('/moved/pets.yaml')!
  pages.set('/there', there).set('/moved/pets.yaml', { status: 302, location: '/there' })
  assert.equal((await cli('lock', own)).code, 0)
  for (const location of ['http://127.0.0.1:1/', 'file:///etc/passwd', '/moved/pets.yaml']) {
    pages.set('/moved/pets.yaml', { status: 302, location })
    const result = await cli('lock', own)
    assert.equal(result.code, 2, location)
    assert.match(result.stderr, /redirects/)
  }
})

test('what cannot be had whole is not pinned, and the last lock stands', async (t) => {
  const own = project(t, '/failing/pets.yaml')
  await cli('lock', own)
  const before = readFileSync(join(own, 'postern.lock'), 'utf8')
  for (const [page, message] of [
    [{ status: 500, text: 'sorry' }, /answers 500/],
    [{ text: '' }, /is empty/],
    [{ endless: true }, /more than 20 MB/],
  ] as const) {
    pages.set('/failing/pets.yaml', page)
    const result = await cli('lock', own)
    assert.equal(result.code, 2)
    assert.match(result.stderr, message)
    assert.equal(readFileSync(join(own, 'postern.lock'), 'utf8'), before)
    assert.equal((await cli('build', own, '--frozen')).code, 0)
  }
})

test('a server that no known authority vouches for is not believed', async (t) => {
  const own = project(t, '/unknown/pets.yaml')
  const result = await runCli(['lock', own])
  assert.equal(result.code, 2)
  assert.match(result.stderr, /cannot be fetched \((?:SELF_SIGNED|UNABLE_TO)/)
  assert.equal(existsSync(join(own, 'postern.lock')), false)
})

test('what nobody vouches for is not pinned, though Node is told to believe anybody', async (t) => {
  const own = project(t, '/believed/pets.yaml')
  const { code, stderr } = await runCli(['lock', own], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
  assert.equal(code, 2)
  assert.match(stderr, /NODE_TLS_REJECT_UNAUTHORIZED=0 lets anybody answer/)
  assert.equal(existsSync(join(own, 'postern.lock')), false)
})

test('a base image is pinned by its digest, stays pinned, and no other is taken then', async (t) => {
  const own = project(t, '/based/pets.yaml')
  const [first, second] = [join(own, '..', `first-${process.pid}`), join(own, '..', `second-${process.pid}`)]
  t.after(() => [first, second].map((each) => rmSync(each, { recursive: true, force: true })))
  const digests = await Promise.all(
    [first, second].map(async (layout, index) => {
      const fixture = new BaseFixture(layout)
      const image = await fixture.image([[file('usr/bin/node', nodeText(`26.1${index}.0`))]], { environment: ['PATH=/usr/bin'] })
      fixture.index(image)
      return image.digest
    }),
  )
  assert.equal((await cli('lock', own, '--base', first)).code, 0)
  assert.equal((await cli('lock', own)).code, 0)
  assert.match(readFileSync(join(own, 'postern.lock'), 'utf8'), new RegExp(`^base: ${digests[0]}$`, 'm'))
  assert.equal((await cli('build', own, '--frozen')).code, 0)
  const image = (base: string): Promise<CliResult> =>
    cli('image', join(own, 'dist'), '--base', base, '--locked', own, '--out', join(own, 'image.tar'))
  assert.equal((await image(first)).code, 0)
  const other = await image(second)
  assert.equal(other.code, 2)
  assert.match(other.stderr, new RegExp(digests[0]!))
  assert.match((await image('host')).stderr, /--locked is for base images, and not for host/)
  assert.equal((await cli('lock', own, '--base', 'none')).code, 0)
  assert.match((await image(first)).stderr, /pins no base image/)
})

test('a base image that is not named as one is told how to', async (t) => {
  const own = project(t, '/named/pets.yaml')
  for (const [base, why] of [
    ['node:26-slim', /There is no node:26-slim\.\n.*docker:\/\/node:26-slim/],
    ['host', /this machine’s Node is no image that can be pinned[\s\S]*postern image --base host/],
  ] as const) {
    const { code, stderr } = await cli('lock', own, '--base', base)
    assert.equal(code, 2)
    assert.match(stderr, why)
  }
  assert.match((await cli('lock', own, '--frozen', '--json')).stderr, /--frozen fetches what is pinned, and asks for nothing else/)
  assert.equal(existsSync(join(own, 'postern.lock')), false)
})

test('nothing is written or taken away through a link of the project', async (t) => {
  const own = project(t, '/linked/pets.yaml')
  const elsewhere = temporaryFolder(t)
  const [mine, other] = ['notes-0123456789ab.json', 'profile'].map((name) => join(elsewhere, name)) as [string, string]
  for (const path of [mine, other]) writeFileSync(path, 'mine')
  symlinkSync(elsewhere, join(own, 'locked'))
  const refused = await cli('lock', own)
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /locked in the project is not a folder/)
  assert.deepEqual(readdirSync(elsewhere).toSorted(), ['notes-0123456789ab.json', 'profile'])

  rmSync(join(own, 'locked'))
  symlinkSync(other, join(own, 'postern.lock.tmp'))
  const locked = await cli('lock', own)
  assert.equal(locked.code, 0, locked.stderr)
  assert.equal(readFileSync(other, 'utf8'), 'mine')
})
