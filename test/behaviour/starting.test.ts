/** What stops a bundle from starting, and what does not. */
import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { signStatement } from '../../src/cli/signed-statement.ts'
import { Authority, tlsSettings } from '../wire/authority.ts'
import { LogLines } from '../wire/log-lines.ts'
import { buildBundle, spawnGateway } from './bundle.ts'
import { PreparedProject } from './prepared-project.ts'
import { type Environment, loopback } from './running-gateway.ts'

const backends = {
  OPEN_URL: 'http://127.0.0.1:1',
  SHOP_URL: 'http://127.0.0.1:2',
  SANDBOX_URL: 'http://127.0.0.1:3',
  FRAGILE_URL: 'http://127.0.0.1:4',
  CHAT_URL: 'http://127.0.0.1:5',
}
const enough: Environment = { ...loopback, ...backends }

let project: PreparedProject
let bundle: string
before(async () => {
  project = new PreparedProject()
  bundle = await buildBundle(project.folder)
})
after(() => project.remove())

type End = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

async function run(folder: string, environment: Environment): Promise<End> {
  const child = spawnGateway(folder, environment)
  let stdout = ''
  let stderr = ''
  child.stdout!.on('data', (text) => {
    stdout += text
    // It has started: the test fails, and does not wait for a gateway that runs on.
    child.kill()
  })
  child.stderr!.on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

/** The gateway does not start, and says why in one line. */
async function doesNotStart(folder: string, environment: Environment, why: RegExp): Promise<void> {
  const { code, stdout, stderr } = await run(folder, environment)
  assert.equal(stdout, '')
  assert.match(stderr, /^postern: the gateway does not start: [^\n]+\n$/)
  assert.match(stderr, why)
  assert.equal(code, 1)
}

/** A copy of the bundle, changed by `alter`. */
async function altered(alter: (folder: string) => void, why: RegExp): Promise<void> {
  const folder = mkdtempSync(join(project.folder, 'altered-'))
  cpSync(bundle, folder, { recursive: true })
  alter(folder)
  await doesNotStart(folder, enough, why)
}

function edit(file: string, from: string | RegExp, to: string): (folder: string) => void {
  return (folder) => {
    const text = readFileSync(join(folder, file), 'utf8')
    const changed = text.replace(from, to)
    assert.notEqual(changed, text)
    writeFileSync(join(folder, file), changed)
  }
}

describe('a bundle whose files were altered does not start', { concurrency: 2 }, () => {
  it('with a byte behind gateway.mjs', () =>
    altered((folder) => appendFileSync(join(folder, 'gateway.mjs'), '\n'), /gateway\.mjs was altered/))
  it('with another plan in gateway.mjs', () => altered(edit('gateway.mjs', 'orders:admin', 'orders:write'), /gateway\.mjs was altered/))
  it('with other code in gateway.mjs', () =>
    altered(edit('gateway.mjs', /return 'bad-host'|return "bad-host"/, 'return undefined'), /gateway\.mjs was altered/))
  it('with a byte behind manifest.json', () =>
    altered((folder) => appendFileSync(join(folder, 'manifest.json'), '\n'), /manifest\.json was altered/))
  it('with another manifest.json', () => altered(edit('manifest.json', '"behaviour"', '"somebody"'), /manifest\.json was altered/))
  it('with another digest in manifest.json', () =>
    altered(edit('manifest.json', /sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`), /altered/))
  it('with gateway.mjs and its digest altered together', () =>
    altered((folder) => {
      edit('gateway.mjs', 'orders:admin', 'orders:write')(folder)
      edit('manifest.json', '"behaviour"', '"somebody"')(folder)
    }, /altered/))
  it('with the digest moved to another place of manifest.json', () =>
    altered((folder) => {
      const digest = /sha256:[0-9a-f]{64}/.exec(readFileSync(join(folder, 'manifest.json'), 'utf8'))![0]
      edit('manifest.json', digest, '')(folder)
      edit('manifest.json', '"name": "', `"name": "${digest}`)(folder)
    }, /altered/))
  it('without manifest.json', () => altered((folder) => rmSync(join(folder, 'manifest.json')), /manifest\.json cannot be read \(ENOENT\)/))
  it('with a byte behind the Dockerfile', () =>
    altered(
      (folder) => appendFileSync(join(folder, 'Dockerfile'), '\n'),
      /Dockerfile was altered: it is not the one that SHA256SUMS names/,
    ))
  it('without the Dockerfile that SHA256SUMS names', () =>
    altered((folder) => rmSync(join(folder, 'Dockerfile')), /Dockerfile cannot be read \(ENOENT\)/))
  it('with another digest in SHA256SUMS', () =>
    altered(edit('SHA256SUMS', /^[0-9a-f]{4}/, 'abcd'), /Dockerfile was altered: it is not the one that SHA256SUMS names/))
  it('with a byte behind SHA256SUMS', () =>
    altered((folder) => appendFileSync(join(folder, 'SHA256SUMS'), '\n'), /SHA256SUMS was altered: it is not as it was built/))
  it('with another name in SHA256SUMS', () =>
    altered(edit('SHA256SUMS', 'manifest.json', 'manifest.jsom'), /SHA256SUMS was altered: it does not name manifest\.json/))
  it('with an empty SHA256SUMS', () =>
    altered((folder) => writeFileSync(join(folder, 'SHA256SUMS'), ''), /SHA256SUMS was altered: it does not name gateway\.mjs/))
  it('with a byte of its signature altered', () =>
    altered((folder) => {
      const { privateKey } = generateKeyPairSync('ed25519')
      const signed = signStatement(readFileSync(join(folder, 'provenance.json'), 'utf8'), privateKey)
      writeFileSync(join(folder, 'provenance.sigstore.json'), signed.replace('"keyid": ""', '"keyid": "0"'))
    }, /provenance\.sigstore\.json was altered: it is not as it was signed/))
  it('with an empty manifest.json', () => altered((folder) => writeFileSync(join(folder, 'manifest.json'), ''), /altered/))
})

describe('a bundle without the right settings does not start', { concurrency: 2 }, () => {
  it('with one missing, which it names with its use', () =>
    doesNotStart(bundle, { ...enough, SHOP_URL: '' }, /SHOP_URL is missing \(backend of shop\.yaml/))
  it('with all missing, which it names at once', () => doesNotStart(bundle, loopback, /OPEN_URL.*; SANDBOX_URL.*; SHOP_URL/))
  it('with a bad port', () =>
    doesNotStart(bundle, { ...enough, POSTERN_HTTP_PORT: '80x' }, /POSTERN_HTTP_PORT must be a port from 0 to 65535, not "80x"/))
  it('with a bad log level', () => doesNotStart(bundle, { ...enough, POSTERN_LOG_LEVEL: 'loud' }, /POSTERN_LOG_LEVEL must be one of/))
  it('with a backend that is no URL', () =>
    doesNotStart(bundle, { ...enough, SANDBOX_URL: 'sandbox' }, /SANDBOX_URL must be an absolute http or https URL/))

  it('with a password in a URL, which it does not repeat', async () => {
    const environment = { ...enough, SHOP_URL: 'http://user:sEcReT@127.0.0.1' }
    await doesNotStart(bundle, environment, /SHOP_URL must be .* without user/)
    assert.doesNotMatch((await run(bundle, environment)).stderr, /sEcReT/)
  })

  it('with half of what TLS needs', () =>
    doesNotStart(bundle, { ...enough, POSTERN_HTTPS_PORT: '0' }, /POSTERN_TLS_CERT and POSTERN_TLS_KEY are missing/))

  it('with certificate files that cannot be used', async () => {
    const authority = new Authority()
    const folder = mkdtempSync(join(project.folder, 'tls-'))
    const good = tlsSettings(folder, authority.issue('one'), authority.issue('two'))
    const [one = '', two = ''] = good.POSTERN_TLS_CERT.split(',')
    const [key = ''] = good.POSTERN_TLS_KEY.split(',')
    const encrypted = join(folder, 'encrypted.pem')
    const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const
    writeFileSync(encrypted, createPrivateKey(readFileSync(key)).export(cipher))
    const cases: readonly (readonly [string, string, RegExp])[] = [
      [join(folder, 'none.pem'), key, /POSTERN_TLS_CERT names .*none\.pem, which cannot be read \(ENOENT\)/],
      [one, join(folder, 'none.pem'), /POSTERN_TLS_KEY names .*none\.pem, which cannot be read \(ENOENT\)/],
      [key, key, /POSTERN_TLS_CERT names .*, which holds no PEM certificate/],
      [one, one, /POSTERN_TLS_KEY names .*, which holds no PEM private key/],
      [two, key, /POSTERN_TLS_KEY names .*, which is not the key of the certificate in/],
      [one, encrypted, /POSTERN_TLS_KEY names .*encrypted\.pem, whose key is encrypted/],
      [`${one},${two}`, key, /POSTERN_TLS_CERT names 2 files and POSTERN_TLS_KEY 1/],
    ]
    for (const [cert, keyFile, why] of cases) {
      await doesNotStart(bundle, { ...enough, POSTERN_TLS_CERT: cert, POSTERN_TLS_KEY: keyFile }, why)
    }
  })

  for (const name of ['POSTERN_HTTP_PORT', 'POSTERN_ADMIN_PORT']) {
    it(`with ${name} in use`, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      await doesNotStart(
        bundle,
        { ...enough, [name]: String(port) },
        new RegExp(`cannot listen on 127\\.0\\.0\\.1 port ${port}: the port is in use`),
      )
      server.close()
      await once(server, 'close')
    })
  }
})

describe('a bundle starts', () => {
  it('with gateway.mjs and manifest.json alone, as in an image', async () => {
    const folder = mkdtempSync(join(project.folder, 'two files-'))
    for (const name of ['gateway.mjs', 'manifest.json']) cpSync(join(bundle, name), join(folder, name))
    const child = spawnGateway(folder, enough)
    const log = new LogLines()
    child.stdout!.setEncoding('utf8').on('data', (text: string) => log.add(text))
    await log.find(({ event }) => event === 'listening')
    child.kill()
    assert.deepEqual(await once(child, 'close'), [0, null])
  })

  it('from any folder, with a warning about settings that nobody knows', async () => {
    const folder = mkdtempSync(join(project.folder, 'else where-'))
    cpSync(bundle, folder, { recursive: true })
    const child = spawnGateway(folder, { ...enough, POSTERN_HTPP_PORT: '1', POSTERN_PORT_8080_TCP: 'tcp://10.0.0.1:8080' })
    const log = new LogLines()
    child.stdout!.setEncoding('utf8').on('data', (text: string) => log.add(text))
    await log.find(({ event }) => event === 'listening')
    for (const setting of ['POSTERN_HTPP_PORT', 'POSTERN_PORT_8080_TCP']) {
      const { level } = await log.find(({ event, name }) => event === 'unknown-setting' && name === setting)
      assert.equal(level, 'warn')
    }
    child.kill('SIGINT')
    assert.deepEqual(await once(child, 'close'), [0, null])
  })

  it('and ends once, however often it is told to', async () => {
    const child = spawnGateway(bundle, enough)
    const log = new LogLines()
    child.stdout!.setEncoding('utf8').on('data', (text: string) => log.add(text))
    await log.find(({ event }) => event === 'listening')
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT'] as const) child.kill(signal)
    assert.deepEqual(await once(child, 'close'), [0, null])
    assert.equal(log.text.match(/"event":"draining"/g)?.length, 1)
  })
})
