/** `postern lock --base docker://…` against a real registry, and images of what it has fetched. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { mediaTypes } from '../../src/image/oci.ts'
import { makeCertificate } from '../certificate.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { BaseFixture, file, nodeText, type StoredDescriptor } from '../unit/image/base-fixture.ts'
import { Authority } from '../wire/authority.ts'
import { DockerRegistry, registryIsMissing } from '../wire/docker-registry.ts'
import { type CliResult, runCli } from './run-cli.ts'

/** What htpasswd makes of `puller` and `correct horse`. */
const users = 'puller:$2y$05$1jqcm8K5qnTTOlnL0eJm3ug1oJXT0fkJSJwjW/LsYHfWINvU4A9Me\n'
const login = Buffer.from('puller:correct horse').toString('base64')

const folder = mkdtempSync(join(tmpdir(), 'postern-lock-registry-'))
const storage = join(folder, 'storage')
const authority = new Authority()
const caFile = join(folder, 'ca.pem')
let open: DockerRegistry
let layout: BaseFixture

/** An index of two images, whose Node is of this version. */
async function images(version: string): Promise<StoredDescriptor> {
  const platforms = ['amd64', 'arm64'].map(async (architecture) => {
    const image = await layout.image([[file('usr/bin/node', nodeText(version))]], { architecture, environment: ['PATH=/usr/bin'] })
    return { ...image, platform: { os: 'linux', architecture } }
  })
  return layout.json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: await Promise.all(platforms) }, mediaTypes.index)
}

/** Pushes an index as `team/node:<tag>`; returns its digest. */
async function push(tag: string, version: string): Promise<string> {
  const index = await images(version)
  layout.index(index)
  open.push(layout.folder, `team/node:${tag}`)
  return index.digest
}

function project(t: TestContext): string {
  const own = temporaryFolder(t)
  writeFileSync(
    join(own, 'postern.yaml'),
    'name: pets\nversion: 1.0.0\napis:\n  - definition: pets.yaml\n    backend: http://127.0.0.1:9000\n',
  )
  const paths = "paths: { /pets: { get: { security: [], responses: { '200': { description: fine } } } } }\n"
  writeFileSync(join(own, 'pets.yaml'), `openapi: 3.0.3\ninfo: { title: Pets, version: 1.0.0 }\n${paths}`)
  return own
}

/** Names and digests of all files in a folder. */
function contentOf(path: string): readonly string[] {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return files
    .map(
      ({ parentPath, name }) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(parentPath, name)))
          .digest('hex')}`,
    )
    .toSorted()
}

/** Without the logins of whoever runs the test. */
function cli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return runCli(args, { env: { XDG_RUNTIME_DIR: '', DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: '', NODE_EXTRA_CA_CERTS: caFile, ...env } })
}

describe('a base image in a registry', { skip: registryIsMissing }, () => {
  before(async () => {
    writeFileSync(caFile, authority.pem)
    layout = new BaseFixture(join(folder, 'layout'))
    open = await DockerRegistry.start({ storage })
    await push('26', '26.1.0')
  })

  after(async () => {
    await open?.end()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is fetched for the platforms that are asked for, pinned, and built upon without a network', async (t) => {
    const digest = await push('first', '26.1.0')
    const own = project(t)
    const base = `docker://${open.name}/team/node:first`
    const undecided = await cli(['lock', own, '--base', base, '--plain-http'])
    assert.equal(undecided.code, 2)
    assert.match(undecided.stderr, /more than one platform, or none: linux\/amd64, linux\/arm64/)
    assert.deepEqual(
      [readdirSync(join(own, 'locked')), existsSync(join(own, 'postern.lock'))],
      [[], false],
      'nothing is left of what failed',
    )

    const locked = await cli(['lock', own, '--base', base, '--plain-http', '--platform', 'linux/arm64'])
    assert.equal(locked.code, 0, locked.stderr)
    assert.match(
      readFileSync(join(own, 'postern.lock'), 'utf8'),
      new RegExp(`^base:\n  image: "${base}"\n  platforms: linux/arm64\n  digest: ${digest}\n`, 'm'),
    )
    const { code, stderr } = await cli(['build', own, '--frozen'])
    assert.equal(code, 0, stderr)
    const image = (): Promise<CliResult> =>
      cli(['image', join(own, 'dist'), '--locked', own, '--out', join(own, 'image.tar'), '--format', 'json'])
    const made = await image()
    assert.equal(made.code, 0, made.stderr)
    const { platforms } = JSON.parse(made.stdout)
    assert.deepEqual(
      platforms.map(({ platform, base: { name } }: { platform: string; base: { name: string } }) => [platform, `docker://${name}`]),
      [['linux/arm64', base]],
    )

    const before = contentOf(join(own, 'locked/base'))
    rmSync(join(own, 'locked/base'), { recursive: true })
    assert.match((await image()).stderr, /not in .*locked\/base[\s\S]*postern lock --frozen/)
    assert.equal((await cli(['lock', own, '--frozen', '--plain-http'])).code, 0)
    assert.deepEqual(contentOf(join(own, 'locked/base')), before, 'the same bytes')
    assert.equal((await image()).stdout, made.stdout)

    const index = join(own, 'locked/base/index.json')
    writeFileSync(index, readFileSync(index, 'utf8').replace(`${open.name}/team/node:first`, 'registry.example.com/team/node:26'))
    assert.equal((await image()).stdout, made.stdout, 'it has the name that is pinned, whatever lies beside the blobs')
  })

  test('that a tag has moved is told by --check, and taken up by lock; --frozen and a digest stay where they are', async (t) => {
    const first = await push('moving', '26.1.0')
    const own = project(t)
    const base = `docker://${open.name}/team/node:moving`
    assert.equal((await cli(['lock', own, '--base', base, '--plain-http', '--platform', 'all'])).code, 0)
    assert.equal((await cli(['lock', own, '--check', '--plain-http'])).code, 0)
    const before = [readFileSync(join(own, 'postern.lock'), 'utf8'), ...contentOf(join(own, 'locked/base'))]

    const second = await push('moving', '26.2.0')
    const checked = await cli(['lock', own, '--check', '--plain-http'])
    assert.equal(checked.code, 1)
    assert.match(checked.stdout, new RegExp(`^ *changed +${base} \\(${second}\\)$`, 'm'))
    rmSync(join(own, 'locked/base'), { recursive: true })
    assert.equal((await cli(['lock', own, '--frozen', '--plain-http'])).code, 0)
    assert.deepEqual([readFileSync(join(own, 'postern.lock'), 'utf8'), ...contentOf(join(own, 'locked/base'))], before)

    assert.equal((await cli(['lock', own, '--plain-http'])).code, 0)
    assert.match(readFileSync(join(own, 'postern.lock'), 'utf8'), new RegExp(`^ {2}platforms: all\n {2}digest: ${second}$`, 'm'))
    const kept = JSON.parse(
      (await cli(['lock', own, '--base', `${base}@${first}`, '--plain-http', '--platform', 'linux/amd64', '--json'])).stdout,
    )
    assert.deepEqual([kept.base, kept.image], [first, `${base}@${first}`])
    assert.equal((await cli(['lock', own, '--check'])).code, 0, 'a digest cannot move, and nobody is asked')

    assert.equal((await cli(['lock', own, '--base', 'none'])).code, 0)
    assert.equal(existsSync(join(own, 'locked/base')), false)
  })

  test('is fetched as Docker describes images, too, and what is damaged is fetched again', async (t) => {
    const own = project(t)
    const single = await layout.image([[file('usr/bin/node', nodeText('24.9.0'))]], { environment: ['PATH=/usr/bin'] })
    layout.index(single)
    open.push(layout.folder, 'docker-node', '--format', 'v2s2')
    const locked = await cli(['lock', own, '--base', `docker://${open.name}/docker-node`, '--plain-http'])
    assert.equal(locked.code, 0, locked.stderr)
    const blobs = join(own, 'locked/base/blobs/sha256')
    const manifests = readdirSync(blobs).map((name) => readFileSync(join(blobs, name), 'latin1'))
    assert.ok(manifests.some((text) => text.includes('application/vnd.docker.distribution.manifest.v2+json')))
    const before = contentOf(join(own, 'locked/base'))
    for (const name of readdirSync(blobs)) writeFileSync(join(blobs, name), 'damaged')
    assert.equal((await cli(['lock', own, '--frozen', '--plain-http'])).code, 0)
    assert.deepEqual(contentOf(join(own, 'locked/base')), before)
  })

  test('is fetched with the login that podman or docker has left, over TLS', async (t) => {
    const passwords = join(folder, 'htpasswd')
    writeFileSync(passwords, users)
    const tls = authority.issue('localhost')
    const closed = await DockerRegistry.start({ storage, tls, auth: `{ htpasswd: { realm: images, path: ${passwords} } }` })
    t.after(() => closed.end())
    const own = project(t)
    const authFile = join(temporaryFolder(t), 'auth.json')
    const lock = (content?: unknown): Promise<CliResult> => {
      if (content !== undefined) writeFileSync(authFile, JSON.stringify(content))
      const args = ['lock', own, '--base', `docker://${closed.name}/team/node:26`, '--platform', 'linux/amd64']
      return cli(args, content === undefined ? {} : { REGISTRY_AUTH_FILE: authFile })
    }
    assert.match((await lock()).stderr, /wants a login, and there is none for it/)
    const wrong = await lock({ auths: { [closed.name]: { auth: Buffer.from('puller:battery staple').toString('base64') } } })
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /answers 401/)
    assert.doesNotMatch(wrong.stderr, /battery|puller/)
    assert.equal(existsSync(join(own, 'postern.lock')), false)
    const locked = await lock({ auths: { [`https://${closed.name}/v1/`]: { auth: login } } })
    assert.equal(locked.code, 0, locked.stderr)
    assert.doesNotMatch(readFileSync(join(own, 'postern.lock'), 'utf8'), new RegExp(login))
  })

  test('is fetched with a token of the service that the registry names', async (t) => {
    const service = await tokenService(t)
    const auth = `{ token: { realm: '${service.realm}', service: images, issuer: tokens, rootcertbundle: ${service.certificate} } }`
    const closed = await DockerRegistry.start({ storage, tls: authority.issue('localhost'), auth })
    t.after(() => closed.end())
    const args = ['lock', project(t), '--base', `docker://${closed.name}/team/node:26`, '--platform', 'linux/amd64']
    const locked = await cli(args)
    assert.equal(locked.code, 0, locked.stderr)
    assert.deepEqual(service.asked, ['scope=repository%3Ateam%2Fnode%3Apull&service=images'], 'once, and only to pull')
    service.wants = `Basic ${login}`
    assert.match((await cli(args)).stderr, /gives no token without a login \(401\)/)
    const config = temporaryFolder(t)
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [closed.name]: { auth: login } } }))
    const known = await cli(args, { DOCKER_CONFIG: config })
    assert.equal(known.code, 0, known.stderr)
  })
})

type TokenService = { readonly realm: string; readonly certificate: string; readonly asked: string[]; wants: string | null }

/** Gives tokens as the registry takes them: JWTs whose key is named as libtrust does. */
async function tokenService(t: TestContext): Promise<TokenService> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const now = Date.now()
  const certificate = join(temporaryFolder(t), 'tokens.pem')
  const valid = { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + 86_400_000) }
  writeFileSync(certificate, makeCertificate({ subject: 'tokens', keys, ...valid }))
  const kid = libtrustId(keys.publicKey.export({ type: 'spki', format: 'der' }))
  const { cert, key } = authority.issue('localhost')
  const server: Server = createServer({ cert, key }, (request, answer) => {
    if (service.wants !== null && request.headers.authorization !== service.wants) return answer.writeHead(401).end()
    service.asked.push(new URL(request.url ?? '', 'https://localhost').searchParams.toString())
    const seconds = Math.floor(now / 1000)
    const access = [{ type: 'repository', name: 'team/node', actions: ['pull'] }]
    const claims = { iss: 'tokens', aud: 'images', sub: '', jti: '1', nbf: seconds - 3600, iat: seconds, exp: seconds + 3600, access }
    const parts = [{ typ: 'JWT', alg: 'RS256', kid }, claims].map((each) => Buffer.from(JSON.stringify(each)).toString('base64url'))
    const signature = sign('sha256', Buffer.from(parts.join('.')), keys.privateKey).toString('base64url')
    return answer.end(JSON.stringify({ token: [...parts, signature].join('.') }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const realm = `https://localhost:${(server.address() as AddressInfo).port}/token`
  const service: TokenService = { realm, certificate, asked: [], wants: null }
  return service
}

/** Base32 of 30 bytes of the key's digest, in groups of four. */
function libtrustId(spki: Buffer): string {
  const bits = [...createHash('sha256').update(spki).digest().subarray(0, 30)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = (bits.match(/.{5}/g) ?? []).map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(each, 2)])
  return (letters.join('').match(/.{4}/g) ?? []).join(':')
}
