import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { runCli } from './run-cli.ts'
import { sampleProject, writeProjectFile } from './sample-project.ts'

function verify(token: string, folder: string) {
  const keys = createLocalJWKSet(JSON.parse(readFileSync(join(folder, 'keys', 'dev.jwks.json'), 'utf8')))
  return jwtVerify(token, keys, { issuer: 'https://bookshop.dev.invalid', audience: 'bookshop' })
}

test('the token stands alone and is one that the project’s issuer could have made', async (t) => {
  const folder = sampleProject(t)
  const { code, stdout, stderr } = await runCli(['token'], { cwd: folder })
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  const { payload, protectedHeader } = await verify(stdout.trim(), folder)
  assert.deepEqual([protectedHeader.alg, protectedHeader.kid], ['ES256', 'dev'])
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 3600)
})

test('options become claims', async (t) => {
  const folder = sampleProject(t)
  const args = ['--scope', 'books:read', '--scope', 'books:write x', '--client', 'app-1', '--subject', 'alice', '--expires', '5m']
  const { stdout } = await runCli(['token', folder, ...args, '--claim', 'keytype=SANDBOX', '--claim', 'roles=["a"]', '--claim', 'n=1=2'])
  const { payload } = await verify(stdout.trim(), folder)
  assert.equal(payload.scope, 'books:read books:write x')
  assert.deepEqual([payload.azp, payload.sub, payload.keytype, payload.roles, payload.n], ['app-1', 'alice', 'SANDBOX', ['a'], '1=2'])
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 300)
})

test('issuer and audience can be others', async (t) => {
  const folder = sampleProject(t)
  const { stdout } = await runCli(['token', folder, '--issuer', 'https://other.example', '--audience', 'a', '--audience', 'b'])
  const payload = JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString())
  assert.deepEqual([payload.iss, payload.aud], ['https://other.example', ['a', 'b']])
})

test('a token can be one that has expired', async (t) => {
  const folder = sampleProject(t)
  const { stdout } = await runCli(['token', folder, '--expires', '-1m'])
  await assert.rejects(verify(stdout.trim(), folder), { code: 'ERR_JWT_EXPIRED' })
})

test('a key that is not the issuer’s is used, with a warning', async (t) => {
  const folder = sampleProject(t)
  const key = join(folder, 'other.jwk')
  writeFileSync(key, JSON.stringify(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })))
  const { code, stdout, stderr } = await runCli(['token', folder, '--key', key])
  assert.equal(code, 0)
  assert.match(stderr, /refuse/)
  assert.deepEqual(JSON.parse(Buffer.from(stdout.split('.')[0] ?? '', 'base64url').toString()), { alg: 'RS256', typ: 'JWT' })
})

test('the token is what RFC 9068 says where the issuer’s tokens are', async (t) => {
  const folder = sampleProject(t)
  const project = readFileSync(join(folder, 'postern.yaml'), 'utf8')
  writeProjectFile(folder, 'postern.yaml', project.replace('    keys: ', '    profile: at+jwt\n    keys: '))
  const tokens = [await runCli(['token', folder]), await runCli(['token', folder, '--client', 'app-1'])]
  const clients = []
  for (const { stdout, stderr } of tokens) {
    assert.equal(stderr, '')
    const { payload, protectedHeader } = await verify(stdout.trim(), folder)
    assert.equal(protectedHeader.typ, 'at+jwt')
    for (const claim of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti']) assert.ok(payload[claim] !== undefined, claim)
    clients.push(payload.client_id)
  }
  assert.deepEqual(clients, ['developer', 'app-1'])
})

test('of fetched keys it is not said that none fits', async (t) => {
  const folder = sampleProject(t)
  const project = readFileSync(join(folder, 'postern.yaml'), 'utf8')
  writeProjectFile(folder, 'postern.yaml', project.replace(/^ {4}keys: .*$/m, '    keys: { url: "https://idp.example.com/jwks" }'))
  const { code, stderr } = await runCli(['token', folder])
  assert.equal(code, 0)
  assert.match(stderr, /fetched while the gateway runs/)
  assert.doesNotMatch(stderr, /refuse/)
  assert.match((await runCli(['token', folder, '--issuer', 'https://other.example'])).stderr, /refuse/)
})

test('a file that holds no private key is refused, and nothing of it is shown', async (t) => {
  const folder = sampleProject(t)
  const key = join(folder, 'secret.txt')
  writeFileSync(key, 'hunter2')
  const { code, stdout, stderr } = await runCli(['token', folder, '--key', key])
  assert.deepEqual([code, stdout], [2, ''])
  assert.doesNotMatch(stderr, /hunter2/)
})

test('whoever says everything needs no project', async (t) => {
  const folder = sampleProject(t)
  const key = join(folder, 'keys', 'dev-private.pem')
  const args = [
    'token',
    join(folder, 'keys'),
    '--key',
    key,
    '--issuer',
    'https://bookshop.dev.invalid',
    '--audience',
    'bookshop',
    '--scope',
    'a',
  ]
  const { code, stdout, stderr } = await runCli(args)
  assert.deepEqual([code, stderr], [0, ''])
  const { payload } = await verify(stdout.trim(), folder)
  assert.equal(payload.scope, 'a')
  assert.equal((await runCli(args.slice(0, 6))).code, 2)
})

test('without a key, --key is asked for', async (t) => {
  const folder = sampleProject(t)
  rmSync(join(folder, 'keys', 'dev-private.pem'))
  const { code, stderr } = await runCli(['token', folder])
  assert.equal(code, 2)
  assert.match(stderr, /--key/)
})

test('an RSA key that is too short to sign with is refused', async (t) => {
  const folder = sampleProject(t)
  const key = join(folder, 'short.pem')
  writeFileSync(key, generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const { code, stdout, stderr } = await runCli(['token', folder, '--key', key])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /short\.pem holds an RSA key of 1024 bits[\s\S]*2048/)
})

test('a key that no algorithm of tokens is for is refused', async (t) => {
  const folder = sampleProject(t)
  const key = join(folder, 'pss.pem')
  writeFileSync(key, generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const { code, stderr } = await runCli(['token', folder, '--key', key])
  assert.equal(code, 2)
  assert.match(stderr, /pss\.pem/)
})

test('the key id of a JWK is used where the project knows none', async (t) => {
  const folder = sampleProject(t)
  const key = join(folder, 'other.jwk')
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  writeFileSync(key, JSON.stringify({ ...jwk, kid: 'mine' }))
  const { stdout } = await runCli(['token', folder, '--key', key])
  assert.equal(JSON.parse(Buffer.from(stdout.split('.')[0] ?? '', 'base64url').toString()).kid, 'mine')
})

test('the project’s key id goes before that of a JWK', async (t) => {
  const folder = sampleProject(t)
  const key = join(folder, 'dev.jwk')
  const jwk = createPrivateKey(readFileSync(join(folder, 'keys', 'dev-private.pem'))).export({ format: 'jwk' })
  writeFileSync(key, JSON.stringify({ ...jwk, kid: 'mine' }))
  const { stdout } = await runCli(['token', folder, '--key', key])
  assert.equal(JSON.parse(Buffer.from(stdout.split('.')[0] ?? '', 'base64url').toString()).kid, 'dev')
})

test('a folder is no key, and is named', async (t) => {
  const folder = sampleProject(t)
  const { code, stderr } = await runCli(['token', folder, '--key', join(folder, 'keys')])
  assert.equal(code, 2)
  assert.ok(stderr.includes(`${join(folder, 'keys')} is a folder.`), stderr)
})
