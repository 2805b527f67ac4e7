/** What becomes of a result that nobody takes. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { cliFile } from './run-cli.ts'
import { sampleProject } from './sample-project.ts'

for (const [stream, args] of [
  ['stdout', ['check']],
  ['stderr', ['build']],
] as const) {
  test(`a reader of ${stream} that goes away changes nothing about the exit code`, async (t) => {
    const folder = sampleProject(t)
    const codeOf = async (): Promise<number | null> => {
      const child = spawn(process.execPath, [cliFile, ...args, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
      child[stream].destroy()
      child[stream === 'stdout' ? 'stderr' : 'stdout'].resume()
      await once(child, 'close')
      return child.exitCode
    }
    assert.equal(await codeOf(), 0)
    appendFileSync(join(folder, 'postern.yaml'), 'colour: red\n')
    assert.equal(await codeOf(), 1)
  })
}

test('a result that cannot be written is a failure, told in one line', { skip: !existsSync('/dev/full') }, async (t) => {
  const full = openSync('/dev/full', 'w')
  t.after(() => closeSync(full))
  for (const command of ['inspect', 'check']) {
    const folder = sampleProject(t)
    if (command === 'check') appendFileSync(join(folder, 'postern.yaml'), 'colour: red\n')
    const child = spawn(process.execPath, [cliFile, '--quiet', command, folder], { stdio: ['ignore', full, 'pipe'] })
    const [stderr] = await Promise.all([text(child.stderr!), once(child, 'close')])
    assert.match(stderr, /^error: The result cannot be written to stdout\. .*no space is left\.\n$/)
    assert.equal(child.exitCode, 2)
  }
})
