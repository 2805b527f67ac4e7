import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { passwordDigest } from '../../../../src/cli/credential-entry.ts'
import { parsePasswordDigest } from '../../../../src/compiler/model/password-digest.ts'
import type { PasswordPlan } from '../../../../src/contract/plan/user.ts'
import { PasswordChecks } from '../../../../src/gateway/guessing/password-checks.ts'

function plan(digest: string): PasswordPlan {
  const parsed = parsePasswordDigest(digest)
  assert.ok(parsed)
  return parsed
}

const alice = plan(passwordDigest('päss'))

test('what the command line makes is what the gateway takes', async () => {
  const checks = new PasswordChecks([alice])
  assert.equal(await checks.check('päss', alice), true)
  assert.equal(await checks.check('pass', alice), false)
  assert.equal(await checks.check('päss', undefined), false)
})

test('RFC 7914’s second example', async () => {
  // The digest of "password" with salt "NaCl" has 64 bytes; its first 32 are what a digest of 32 bytes is (PBKDF2 counts blocks of 32).
  const hash = Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162', 'hex').toString('base64url')
  const example = {
    kind: 'scrypt',
    cost: 1024,
    blockSize: 8,
    parallelization: 16,
    salt: Buffer.from('NaCl').toString('base64url'),
    hash,
  } as const
  assert.equal(await new PasswordChecks([example]).check('password', example), true)
})

test('WSO2’s digests', async () => {
  for (const algorithm of ['sha256', 'sha512']) {
    const legacy = plan(`@${algorithm}:{${createHash(algorithm).update('old').digest('hex')}}`)
    const checks = new PasswordChecks([legacy])
    assert.equal(await checks.check('old', legacy), true)
    assert.equal(await checks.check('new', legacy), false)
  }
})

test('so many wait and no more; when they are done, there is room again', async () => {
  const checks = new PasswordChecks([alice])
  const begun = Array.from({ length: 80 }, () => checks.check('x', alice))
  const refused = begun.filter((check) => check === undefined)
  assert.equal(refused.length, 80 - 2 - 64)
  assert.ok((await Promise.all(begun)).every((right) => right !== true))
  assert.equal(await checks.check('päss', alice), true)
})
