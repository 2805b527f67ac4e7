import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entrypoint } from '../../../src/image/entrypoint.ts'

const nothing = { read: [], write: [], workers: false }

test('Node 24 may read the gateway and what is mounted for it, and nothing else', () => {
  assert.deepEqual(entrypoint('/usr/bin/node', 24, nothing), [
    '/usr/bin/node',
    '--permission',
    '--allow-fs-read=/gateway/*',
    '--allow-fs-read=/etc/postern/*',
    '--disable-proto=delete',
    '--disallow-code-generation-from-strings',
    '--disable-sigusr1',
    '--no-addons',
    '/gateway/gateway.mjs',
  ])
})

test('from Node 25 on the network is allowed as well, which earlier ones do not know', () => {
  for (const major of [25, 26, 27]) assert.ok(entrypoint('/n', major, nothing).includes('--allow-net'), String(major))
  assert.ok(!entrypoint('/n', 24, nothing).includes('--allow-net'))
})

test('what is written to is read as well; threads only where they are asked for', () => {
  const flags = entrypoint('/n', 26, { read: ['/run/secrets'], write: ['/var/lib/postern/'], workers: true })
  for (const flag of [
    '--allow-fs-read=/run/secrets/*',
    '--allow-fs-read=/var/lib/postern/*',
    '--allow-fs-write=/var/lib/postern/*',
    '--allow-worker',
  ]) {
    assert.ok(flags.includes(flag), flag)
  }
  assert.ok(!entrypoint('/n', 26, nothing).some((flag) => /worker|write/.test(flag)))
})
