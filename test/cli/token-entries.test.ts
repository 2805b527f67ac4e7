/** `postern token --api-key` and `--password`. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { parse } from 'yaml'
import { parsePasswordDigest } from '../../src/compiler/model/password-digest.ts'
import { runCli } from './run-cli.ts'

test('an API key stands alone, and its entry for the file is told beside it', async () => {
  const args = ['token', '--api-key', '--id', 'partner-1', '--consumer', 'partner', '--scope', 'a b', '--scope', 'c']
  const { code, stdout, stderr } = await runCli(args)
  assert.equal(code, 0)
  const key = stdout.trim()
  assert.match(stdout, /^[\w-]{43}\n$/)
  assert.ok(!stderr.includes(key))
  const entry = parse(stderr.slice(stderr.indexOf('\n') + 1))
  const digest = `sha256:${createHash('sha256').update(key).digest('hex')}`
  assert.deepEqual(entry, [{ id: 'partner-1', digest, consumer: 'partner', scopes: ['a', 'b', 'c'] }])
  assert.notEqual((await runCli(args)).stdout, stdout)
})

test('an id that the file cannot have', async () => {
  const { code, stdout } = await runCli(['token', '--api-key', '--id', 'a b'])
  assert.deepEqual([code, stdout], [2, ''])
})

test('a password comes from stdin, and only its digest is told', async () => {
  const { code, stdout, stderr } = await runCli(['token', '--password'], { input: 'secret\n' })
  assert.deepEqual([code, stderr], [0, ''])
  assert.ok(parsePasswordDigest(stdout.trim()))
  const empty = await runCli(['token', '--password'], { input: '' })
  assert.deepEqual([empty.code, empty.stdout], [2, ''])
})
