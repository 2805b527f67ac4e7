/** The smallest gateway: public operations and a plain backend. What it does not need is absent by name, and its size stays in a band. */
import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compile } from '../../src/compiler/compile.ts'
import { capabilityModules } from '../../src/contract/capabilities.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Bytes. Leaving it means that something came in, or fell out, that nobody meant to. */
const band = { least: 60_000, most: 272_000 }

async function gatewayOf(golden: string): Promise<string> {
  const result = await compile({ projectFolder: join(import.meta.dirname, '../golden', golden), now: new Date('2026-01-01') })
  assert.equal(result.kind, 'compiled')
  return result.kind === 'compiled' ? result.files['gateway.mjs'] : ''
}

/** Names of the modules that a gateway is made of, as the bundler writes them over each. */
function modulesOf(gateway: string): readonly string[] {
  return [...gateway.matchAll(/^\/\/ ((?:postern|package):\S+)$/gm)].map(([, name = '']) => name)
}

test('the minimal gateway holds the core and nothing else', async () => {
  const gateway = await gatewayOf('public-only')
  const modules = modulesOf(gateway)
  assert.ok(modules.includes('postern:gateway/main'))
  assert.deepEqual(
    modules.filter((name) => !/^postern:(?:gateway\/|contract\/|entry$|plan$|manifest-digest$)/.test(name)),
    [],
  )
  for (const { owns } of Object.values(capabilityModules)) {
    assert.deepEqual(
      modules.filter((name) => name.startsWith(`postern:gateway/${owns}`)),
      [],
    )
  }
  // Loaded where the settings or a client ask for it, and not before.
  for (const name of ['node:tls', 'node:http2']) assert.doesNotMatch(gateway, new RegExp(`from "${name}"`), name)
  for (const name of ['handlebars', 'yaml', 'esbuild', 'commander', 'jose']) {
    assert.doesNotMatch(gateway, new RegExp(`["'/]${name}["'/]`), name)
  }
})

test('the minimal gateway stays in its size', async () => {
  const size = Buffer.byteLength(await gatewayOf('public-only'))
  assert.ok(size >= band.least && size <= band.most, `${size} bytes`)
})

test('a gateway imports nothing but what Node brings', async () => {
  const gateway = await gatewayOf('wso2-extensions')
  const imported = [...gateway.matchAll(/^(?:import|export)\b.*?\bfrom "([^"]+)";$/gm)].map(([, name = '']) => name)
  assert.ok(imported.length > 0)
  assert.deepEqual(
    imported.filter((name) => !name.startsWith('node:')),
    [],
  )
  assert.doesNotMatch(gateway, /\brequire\(/)
})

test('the package that speaks with Redis is where answers are shared, and Node is loaded by its calls there only', async (t) => {
  const folder = temporaryFolder(t)
  cpSync(join(import.meta.dirname, '../golden/token-and-limits'), folder, { recursive: true })
  const file = join(folder, 'postern.yaml')
  const introspection = (cache: string): string =>
    `    introspection: { url: "https://idp.example.com/i", clientId: gateway, clientSecret: "\${SECRET}", cache: ${cache} }\n`
  const text = readFileSync(file, 'utf8')
  const builtWith = async (cache: string): Promise<string> => {
    const [line = ''] = /^ {2}- issuer: .*\n/m.exec(text) ?? []
    writeFileSync(file, text.replace(line, line + introspection(cache)))
    const result = await compile({ projectFolder: folder, now: new Date('2026-01-01') })
    assert.equal(result.kind, 'compiled')
    return result.kind === 'compiled' ? result.files['gateway.mjs'] : ''
  }
  const alone = await builtWith('{ keep: 1m }')
  assert.ok(modulesOf(alone).includes('postern:gateway/introspection/introspection'))
  assert.doesNotMatch(alone, /\brequire\(|@redis|createRequire/)
  const shared = await builtWith('{ mode: shared, url: "${REDIS_URL}", secret: "${CACHE_SECRET}" }')
  assert.match(shared, /^const require = createRequire\(import\.meta\.url\);$/m)
  assert.match(shared, /Copyright \(c\) 2022-2025, Redis, inc\./)
  const loaded = [...shared.matchAll(/\b__require\("([^"]+)"\)/g)].map(([, name = '']) => name)
  assert.ok(loaded.includes('node:net'))
  assert.deepEqual(
    loaded.filter((name) => !name.startsWith('node:')),
    [],
  )
  const size = Buffer.byteLength(shared) - Buffer.byteLength(alone)
  assert.ok(size < 1_500_000, `${size} bytes more`)
  assert.ok(!shared.includes('node_modules') && !shared.includes(process.cwd()))
})

test('packages that speak AMQP are where a topic is listened to, each where its version is spoken', async (t) => {
  const folder = temporaryFolder(t)
  cpSync(join(import.meta.dirname, '../golden/token-and-limits'), folder, { recursive: true })
  const file = join(folder, 'postern.yaml')
  const text = readFileSync(file, 'utf8')
  const builtWith = async (more: string): Promise<string> => {
    writeFileSync(file, `${text}revocation: { feeds: [{ type: list, url: "https://lists.example.com/" }${more}] }\n`)
    const result = await compile({ projectFolder: folder, now: new Date('2026-01-01') })
    assert.equal(result.kind, 'compiled')
    return result.kind === 'compiled' ? result.files['gateway.mjs'] : ''
  }
  const alone = await builtWith('')
  assert.doesNotMatch(alone, /\brequire\(|amqplib|package:rhea|gateway\/amqp|createRequire/)
  const older = await builtWith(', { type: amqp, url: "${AMQP_URL}" }')
  assert.ok(modulesOf(older).includes('postern:gateway/amqp/follow-topic'))
  assert.match(older, /Copyright \(c\) 2013, 2014 Michael Bridgen/)
  assert.doesNotMatch(older, /package:rhea/)
  const newer = await builtWith(', { type: amqp10, url: "${AMQP_URL}", topic: revoked }')
  assert.ok(modulesOf(newer).includes('package:rhea/lib/connection.js'))
  assert.doesNotMatch(newer, /package:amqplib/)
  // It would print all that is sent, logins too, where an environment variable says so.
  assert.doesNotMatch(newer, /package:debug|process\.env\.DEBUG/)
  const added = [older, newer].map((each) => Buffer.byteLength(each) - Buffer.byteLength(alone))
  assert.ok(added[0]! < 400_000 && added[1]! < 250_000, `${added.join(' and ')} bytes more`)
  for (const each of [older, newer]) assert.ok(!each.includes('node_modules') && !each.includes(process.cwd()))
})

test('nothing of the machine that built it is in a gateway', async () => {
  const gateway = await gatewayOf('wso2-extensions')
  for (const text of [process.cwd(), import.meta.dirname, process.env.HOME ?? '', 'node_modules']) {
    assert.ok(text.length < 2 || !gateway.includes(text), text)
  }
})
