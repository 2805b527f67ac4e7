import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { posternVersion } from '../../src/contract/version.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { cliFile, runCli } from './run-cli.ts'

test('an unknown command is wrong usage, and the nearest one is named', async () => {
  const { code, stdout, stderr } = await runCli(['bild'])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /unknown command 'bild'[\s\S]*build/)
})

test('an unknown option is wrong usage, and the nearest one is named', async () => {
  const { code, stderr } = await runCli(['check', '--fromat', 'json'])
  assert.equal(code, 2)
  assert.match(stderr, /--fromat[\s\S]*--format/)
})

test('missing and superfluous arguments and bad values are wrong usage', async () => {
  for (const args of [
    [],
    ['explain', 'GET'],
    ['init'],
    ['check', '.', 'more'],
    ['check', '--format', 'xml'],
    ['token', '--expires', 'soon'],
  ]) {
    const { code, stdout } = await runCli(args)
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
  }
})

test('what is not a project is said to be none, with what to do', async (t) => {
  const folder = temporaryFolder(t)
  for (const command of ['check', 'build', 'run', 'inspect', 'token']) {
    const { code, stdout, stderr } = await runCli([command, folder])
    assert.deepEqual([code, stdout], [2, ''], command)
    assert.match(stderr, /no postern\.yaml[\s\S]*postern init/, command)
  }
  const { code, stderr } = await runCli(['check', join(folder, 'nowhere')])
  assert.equal(code, 2)
  assert.match(stderr, /There is no/)
})

test('help and version are results', async () => {
  const version = await runCli(['--version'])
  assert.deepEqual(version, { code: 0, stdout: `${posternVersion}\n`, stderr: '' })
  const help = await runCli(['build', '--help'])
  assert.deepEqual([help.code, help.stderr], [0, ''])
  assert.match(help.stdout, /Examples:/)
})

test('an older Node is told in one line what is needed', (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'bin'))
  copyFileSync(cliFile, join(folder, 'bin', 'postern.mjs'))
  writeFileSync(join(folder, 'old.mjs'), `Object.defineProperty(process.versions, 'node', { value: '20.1.0' })\n`)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', join(folder, 'old.mjs'), join(folder, 'bin', 'postern.mjs')],
    {
      encoding: 'utf8',
    },
  )
  assert.deepEqual([status, stdout, stderr], [2, '', 'Postern needs Node 24 or later; this is Node 20.1.0.\n'])
})

test('a bug ends with 70 and a request to report it', (t) => {
  const folder = temporaryFolder(t)
  // Whatever the command line asks of the file system first is taken away from it.
  writeFileSync(
    join(folder, 'broken.mjs'),
    `import fs from 'node:fs'\nimport { syncBuiltinESMExports } from 'node:module'\nconst existsSync = fs.existsSync\nfs.statSync = () => { throw new TypeError('out of order') }\nfs.existsSync = existsSync\nsyncBuiltinESMExports()\n`,
  )
  const { status, stderr } = spawnSync(process.execPath, ['--import', join(folder, 'broken.mjs'), cliFile, 'check', folder], {
    encoding: 'utf8',
  })
  assert.equal(status, 70)
  assert.match(stderr, /bug in Postern[\s\S]*out of order[\s\S]*report/)
})
