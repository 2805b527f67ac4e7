/** The pipeline of samples/ci runs as it stands: it leaves what its README names, and ends where a change weakens the gateway. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { cliFile } from '../cli/run-cli.ts'
import { sampleProject } from '../cli/sample-project.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { BaseFixture, file, nodeText } from '../unit/image/base-fixture.ts'
import { Authority } from '../wire/authority.ts'
import { root } from './markdown.ts'
import { lacking } from './sample-readme.ts'

const sample = join(root, 'samples/ci')

/** A repository with the sample project committed on `main`, and a folder with the commands that a runner has on its path. */
function repository(t: TestContext): { readonly folder: string; readonly commands: string } {
  const folder = sampleProject(t)
  const commands = temporaryFolder(t)
  writeFileSync(join(commands, 'postern'), `#!/bin/sh\nexec '${process.execPath}' '${cliFile}' "$@"\n`, { mode: 0o755 })
  const git = (...args: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=ci', '-c', 'user.email=ci@localhost', ...args], { cwd: folder, stdio: 'pipe' })
  }
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '.')
  git('commit', '--quiet', '--message', 'first')
  return { folder, commands }
}

type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

function pipeline(
  { folder, commands }: ReturnType<typeof repository>,
  env: Readonly<Record<string, string>>,
  script = 'pipeline.sh',
): Promise<Ended> {
  const child = spawn('sh', [join(sample, script)], {
    cwd: folder,
    env: { ...process.env, ...env, PATH: `${commands}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  return Promise.all([ended, text(child.stdout), text(child.stderr)]).then(([status, stdout, stderr]) => ({ status, stdout, stderr }))
}

/** A server of one document, which may be changed, and the authority that vouches for it. */
async function definitionServer(t: TestContext): Promise<{ readonly url: string; readonly caFile: string; content: string | null }> {
  const authority = new Authority()
  const caFile = join(temporaryFolder(t), 'ca.pem')
  writeFileSync(caFile, authority.pem)
  const { cert, key } = authority.issue('localhost')
  const server = createServer({ cert, key }, (_, answer) => {
    if (page.content === null) answer.writeHead(503).end()
    else answer.end(page.content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const page = { url: `https://localhost:${(server.address() as AddressInfo).port}/bookshop.yaml`, caFile, content: null as string | null }
  return page
}

test('the pipeline of samples/ci', { skip: lacking('git') }, async (t) => {
  const here = repository(t)
  const keys = temporaryFolder(t)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const files = { SIGNING_KEY: join(keys, 'release.key.pem'), VERIFY_KEY: join(keys, 'release.pub.pem') }
  writeFileSync(files.SIGNING_KEY, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  writeFileSync(files.VERIFY_KEY, publicKey.export({ type: 'spki', format: 'pem' }))

  // As it is after `postern lock --base`: all of it is there, and no registry is asked.
  const base = new BaseFixture(join(here.folder, 'locked/base'))
  const image = await base.image([[file('usr/bin/node', nodeText('26.10.0'))]])
  base.index(image)
  const lock = `lock: 1\nbase:\n  image: docker://registry.example.com/node:26\n  digest: ${image.digest}\ndocuments: {}\n`
  writeFileSync(join(here.folder, 'postern.lock'), lock)

  const { status, stdout, stderr } = await pipeline(here, { ...files, BASE: 'locked', PLATFORM: 'linux/amd64' })
  assert.equal(status, 0, `${stdout}${stderr}`)
  assert.match(
    stdout,
    /ok {2}signature[\s\S]*ok {2}rebuild[\s\S]*ok {2}image[\s\S]*ok {2}provenance[\s\S]*ok {2}signature[\s\S]*ok {2}rebuild/,
  )
  const report = (name: string): string => readFileSync(join(here.folder, 'reports', name), 'utf8')
  assert.match(report('selftest.xml'), /^<\?xml[\s\S]*<testsuite /)
  assert.match(report('image.digest'), /^sha256:[0-9a-f]{64}\n$/)
  assert.ok(statSync(join(here.folder, 'reports', 'image.tar')).size > 0 && report('diff.md').length > 0)
  assert.match(report('certificate.html'), /^<!doctype html>/i)

  // An operation that asked for a scope asks for nothing: annotated where it stands, and the end of the pipeline.
  const definition = join(here.folder, 'bookshop.yaml')
  const before = readFileSync(definition, 'utf8')
  const weaker = before.replace('      security:\n        - oauth: [books:write]\n', '      security: []\n')
  assert.notEqual(weaker, before)
  writeFileSync(definition, weaker)
  const ended = await pipeline(here, { FORMAT: 'github' })
  assert.equal(ended.status, 1, `${ended.stdout}${ended.stderr}`)
  assert.match(ended.stdout, /^::error .*file=bookshop\.yaml,line=\d+/m)
})

test('what a definition on the network says anew is pinned and built, and nothing while it is the same or cannot be had', {
  skip: lacking('git'),
}, async (t) => {
  const here = repository(t)
  const page = await definitionServer(t)
  const path = (name: string): string => join(here.folder, name)
  const local = readFileSync(path('bookshop.yaml'), 'utf8')
  const project = readFileSync(path('postern.yaml'), 'utf8')
  writeFileSync(path('postern.yaml'), project.replace('definition: bookshop.yaml', `definition: ${page.url}`))
  const base = new BaseFixture(join(temporaryFolder(t), 'base'))
  base.index(await base.image([[file('usr/bin/node', nodeText('26.10.0'))]]))
  const follow = (): Promise<Ended> => pipeline(here, { BASE: base.folder, SINCE: '', NODE_EXTRA_CA_CERTS: page.caFile }, 'follow.sh')

  page.content = local
  const first = await follow()
  assert.equal(first.status, 0, `${first.stdout}${first.stderr}`)
  const digest = readFileSync(path('reports/image.digest'), 'utf8')
  const again = await follow()
  assert.equal(again.status, 0, again.stderr)
  assert.doesNotMatch(again.stdout, /rebuild/)
  page.content = null
  assert.equal((await follow()).status, 2)
  assert.ok(existsSync(path('postern.lock')))
  page.content = local.replace(/^(\s+)title: .*$/m, '$1title: Another')
  assert.notEqual(page.content, local)
  const changed = await follow()
  assert.equal(changed.status, 0, `${changed.stdout}${changed.stderr}`)
  assert.notEqual(readFileSync(path('reports/image.digest'), 'utf8'), digest)
})

test('the samples for GitHub Actions and GitLab CI run the pipeline, and nothing else of Postern', () => {
  for (const name of ['github-actions.yml', 'gitlab-ci.yml']) {
    const text = readFileSync(join(sample, name), 'utf8')
    assert.doesNotThrow(() => parse(text), name)
    assert.match(text, /sh ci\/pipeline\.sh gateway/)
    assert.doesNotMatch(text, /postern (?:check|build|diff|image)/)
    for (const [, variable = ''] of text.matchAll(/\b(FORMAT|SINCE|SIGNING_KEY|VERIFY_KEY|POSTERN_KEY_PASSPHRASE)\b/g)) {
      assert.ok(readFileSync(join(sample, 'README.md'), 'utf8').includes(`\`${variable}\``), variable)
    }
  }
})
