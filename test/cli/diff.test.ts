/** `postern diff` on a repository, a bundle and a project: what it prints, and what it ends with. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from '../docs/markdown.ts'
import { runCli } from './run-cli.ts'

let repository: string
let shop: string

/** Finds what is still there when a command has ended. */
const leftBehind = (): readonly string[] => readdirSync(join(repository, 'tmp'))

const skip = spawnSync('git', ['--version']).status === 0 ? false : 'git is not installed'

before(async () => {
  if (skip !== false) return
  repository = mkdtempSync(join(tmpdir(), 'postern-test-'))
  shop = join(repository, 'services/shop')
  cpSync(join(root, 'samples/petstore'), shop, { recursive: true })
  execFileSync('mkdir', [join(repository, 'tmp')])
  await runCli(['build', shop, '--out', join(repository, 'before')])
  const git = (...args: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false', ...args], {
      cwd: repository,
      stdio: 'pipe',
    })
  git('init', '--quiet', '--initial-branch', 'main')
  symlinkSync('policies.yaml', join(shop, 'link.yaml'))
  git('add', 'services')
  git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},services/shop/vendor`)
  git('commit', '--quiet', '--message', 'first')
  edit('petstore.yaml', (text) =>
    text.replace('- oauth: ["write:pets", "admin"]', '- oauth: ["admin"]').replace('name: status,', 'name: state,'),
  )
  edit('policies.yaml', (text) => text.replace('Photos: { requests: 5,', 'Photos: { requests: 4,'))
  edit('postern.yaml', (text) => `${text}timeouts: { connect: 6s }\n`)
})

after(() => {
  if (skip === false) rmSync(repository, { recursive: true, force: true })
})

function edit(file: string, change: (text: string) => string): void {
  const path = join(shop, file)
  const text = readFileSync(path, 'utf8')
  assert.notEqual(change(text), text)
  writeFileSync(path, change(text))
}

const options = () => ({ cwd: repository, env: { TMPDIR: join(repository, 'tmp') } })

test('a project against itself in a revision, for people', { skip }, async () => {
  const { code, stdout, stderr } = await runCli(['diff', '--git', 'main', shop], options())
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^Weakens security\n {2}DELETE \/petstore\/v1\/pets\/\{petId\}: the scope `write:pets` of the token is asked for no more: a token of `https:\/\/idp.example.com` with the scope `admin` suffices\n/,
  )
  assert.match(stdout, /\n\nBreaks clients\n {2}GET \/petstore\/v1\/pets: the query parameter `status` is gone\n/)
  assert.match(stdout, /\n\nRaises capacity\n {2}gateway: the time for a connection to a backend is 6s, and was 5s\n/)
  assert.match(stdout, /\n\nHarmless\n/)
  assert.match(stderr, /^main is looked at without its submodules: vendor\.\n/)
  assert.match(stderr, /main → .*: 1 weakening, 2 breaking, 1 capacity, \d+ harmless\.\n$/)
  assert.deepEqual(leftBehind(), [])
})

test('--fail-on decides the exit code by classes, and revisions, projects and bundles can be told apart', { skip }, async () => {
  const [weakening, capacity, same] = await Promise.all([
    runCli(['diff', 'before', 'services/shop', '--fail-on', 'weakening,breaking', '--format', 'json'], options()),
    runCli(['diff', 'services/shop', 'main:services/shop', '--fail-on', 'capacity', '--format', 'github'], options()),
    runCli(['diff', 'before', 'HEAD:services/shop', '--fail-on', 'harmless'], options()),
  ])
  assert.deepEqual([weakening.code, capacity.code, same.code, same.stdout], [1, 0, 0, ''])
  const { counts, differences, before: old } = JSON.parse(weakening.stdout)
  assert.deepEqual([counts.weakening, counts.breaking, counts.capacity, old.name], [1, 2, 1, 'before'])
  assert.equal(
    differences.length,
    Object.values<number>(counts).reduce((sum, count) => sum + count),
  )
  assert.deepEqual(differences[0].before, 'petstore.yaml:45')
  assert.match(capacity.stdout, /^::error file=services\/shop\/policies\.yaml,line=3,title=weakening operations\.limits\.windows::GET /m)
})

test('for a pull request and for code scanning', { skip }, async () => {
  const [markdown, sarif] = await Promise.all(
    ['markdown', 'sarif'].map((format) => runCli(['diff', 'main:services/shop', 'services/shop', '--format', format], options())),
  )
  assert.match(markdown!.stdout, /^## Gateway policy: 1 weakening, 2 breaking, 1 capacity, \d+ harmless\n/)
  assert.match(markdown!.stdout, /\| `DELETE \/petstore\/v1\/pets\/\{petId\}` \| /)
  const [run] = JSON.parse(sarif!.stdout).runs
  const found = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'weakening/operations.security')
  assert.deepEqual(found.locations[0].physicalLocation, {
    artifactLocation: { uri: 'services/shop/petstore.yaml' },
    region: { startLine: 45 },
  })
  assert.equal(run.tool.driver.rules[found.ruleIndex].id, found.ruleId)
})

test('what cannot be compared is said, and nothing is left behind', { skip }, async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['diff', 'services/shop'], /two gateways/],
    [['diff', '--git', 'main', 'services/shop', 'before'], /one project/],
    [['diff', 'before', 'before', '--fail-on', 'anything'], /`anything` is not a class/],
    [['diff', 'nowhere:services/shop', 'before'], /There is no nowhere:services\/shop/],
    [['diff', 'main:services', 'before'], /main:services is not a Postern project/],
    [['diff', '--git', '--upload-pack=x', 'services/shop'], /There is no --upload-pack=x/],
  ]
  const ended = await Promise.all(cases.map(([args]) => runCli(args, options())))
  for (const [index, { code, stderr }] of ended.entries()) {
    assert.equal(code, 2, stderr)
    assert.match(stderr, cases[index]![1])
  }
  assert.deepEqual(leftBehind(), [])
})
