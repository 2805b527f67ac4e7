import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { runCli } from './run-cli.ts'
import { sampleProject, writeProjectFile } from './sample-project.ts'

/** A project with one error, at a known place. */
function brokenProject(t: TestContext): string {
  const folder = sampleProject(t)
  const file = join(folder, 'bookshop.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('throttle: Slow', 'throttle: Slo'))
  return folder
}

test('a sound project ends with 0, says so, and is left as it was', async (t) => {
  const folder = sampleProject(t)
  const before = readdirSync(folder)
  const { code, stdout, stderr } = await runCli(['check'], { cwd: folder })
  const [checked, bounds, ...limits] = stderr.trimEnd().split('\n')
  assert.deepEqual([code, stdout, checked, bounds], [0, '', 'Checked .: no findings.', 'How exactly limits hold:'])
  assert.ok(limits.length > 0 && limits.every((line) => line.endsWith('each gateway counts for itself: limit × replicas')), stderr)
  assert.deepEqual(readdirSync(folder), before)
})

test('what can reach backends is told, and which of them a setting may make the same', async (t) => {
  const folder = temporaryFolder(t)
  const api = (title: string): string => `openapi: 3.1.0
info: { title: ${title}, version: 1.0.0 }
x-postern: { capacity: { production: { requests: 1000, per: 1s } }, hardLimit: { production: { requests: 400, per: 1s } } }
paths: { /things: { get: { security: [], responses: {} } } }
`
  writeProjectFile(folder, 'one.yaml', api('One'))
  writeProjectFile(folder, 'two.yaml', api('Two'))
  const entry = (name: string): string =>
    `{ definition: ${name.toLowerCase()}.yaml, basePath: /${name}, backend: "\${${name.toUpperCase()}_URL}" }`
  writeProjectFile(
    folder,
    'postern.yaml',
    `name: shop\nversion: 1.0.0\napis: [${entry('One')}, ${entry('Two')}]\nthrottling: { replicas: 2 }\n`,
  )
  const { code, stderr } = await runCli(['check', folder])
  assert.equal(code, 0)
  const proof = 'at most 800 of the 1000 requests in 1000 ms that it bears; unless a setting makes it the same host as'
  assert.match(stderr, new RegExp(`^  One, production backend \\$\\{ONE_URL\\}: ${proof} \\$\\{TWO_URL\\}, which`, 'mi'))
  assert.match(stderr, new RegExp(`^  Two, production backend \\$\\{TWO_URL\\}: ${proof} \\$\\{ONE_URL\\}, which`, 'mi'))
})

test('findings are results, each with place, severity, code, message and hint', async (t) => {
  const { code, stdout, stderr } = await runCli(['check', brokenProject(t)])
  assert.equal(code, 1)
  assert.match(stdout, /^bookshop\.yaml:\d+:\d+ error unknown-tier .*`Slo`.*\n {4}hint: .*`Slow`/m)
  assert.match(stderr, /^Checked .*: 1 error, 1 warning\.\n$/)
})

test('--quiet leaves the findings and nothing else', async (t) => {
  const { code, stdout, stderr } = await runCli(['check', brokenProject(t), '--quiet'])
  assert.deepEqual([code, stderr], [1, ''])
  assert.match(stdout, /unknown-tier/)
})

test('json is one document', async (t) => {
  const folder = brokenProject(t)
  const { code, stdout } = await runCli(['check', folder, '--format', 'json'])
  assert.equal(code, 1)
  const report = JSON.parse(stdout)
  assert.deepEqual([report.errors, report.warnings], [1, 1])
  const [finding] = report.diagnostics
  assert.deepEqual([finding.code, finding.severity, finding.file], ['unknown-tier', 'error', 'bookshop.yaml'])
  assert.equal(finding.pointer, '#/paths/~1books/post/x-postern/throttle')
  assert.equal((await runCli(['check', folder, '--json'])).stdout, stdout)
})

test('github annotations name the file from where the command runs', async (t) => {
  const folder = brokenProject(t)
  const { stdout } = await runCli(['check', '.', '--format', 'github'], { cwd: folder })
  assert.match(stdout, /^::error file=bookshop\.yaml,line=\d+,col=\d+,title=unknown-tier::/m)
  assert.match(stdout, /^::warning file=policies\.yaml,/m)
})

test('sarif is 2.1.0, and every result has its rule', async (t) => {
  const { stdout } = await runCli(['check', '.', '--format', 'sarif'], { cwd: brokenProject(t) })
  const log = JSON.parse(stdout)
  assert.equal(log.version, '2.1.0')
  const [run] = log.runs
  for (const result of run.results) assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId)
  const [place] = run.results[0].locations
  assert.equal(place.physicalLocation.artifactLocation.uri, 'bookshop.yaml')
  assert.ok(place.physicalLocation.region.startLine > 1)
})

test('a file that the project names and that is not there is wrong usage', async (t) => {
  const folder = sampleProject(t)
  const file = join(folder, 'postern.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('bookshop.yaml', 'gone.yaml'))
  const { code, stdout } = await runCli(['check', folder])
  assert.equal(code, 2)
  assert.match(stdout, /^postern\.yaml:\d+:\d+ error unreadable-file /)
})

test('no colour where there is no terminal, and none that a definition brings', async (t) => {
  const folder = sampleProject(t)
  const file = join(folder, 'bookshop.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('throttle: Slow', 'throttle: "\\e[31mred"'))
  const { code, stdout } = await runCli(['check', folder])
  assert.equal(code, 1)
  assert.match(stdout, /red/)
  assert.ok(!stdout.includes('\u001b'))
})

test('colour can be asked for', async (t) => {
  const folder = brokenProject(t)
  const coloured = await runCli(['check', folder], { env: { FORCE_COLOR: '1' } })
  assert.ok(coloured.stdout.includes('\u001b[31merror'))
})
