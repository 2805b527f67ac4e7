import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { UsageError } from '../../../../src/cli/failures.ts'
import { readImageReference } from '../../../../src/cli/lock/image-reference.ts'
import { loginFor } from '../../../../src/cli/lock/registry-logins.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

const auth = (user: string): { readonly auth: string } => ({ auth: Buffer.from(`${user}:secret`).toString('base64') })
const image = readImageReference('docker://registry.example.com/team/node:26')

function user(login: string | null): string | null {
  return login === null ? null : Buffer.from(login, 'base64').toString('utf8').replace(/:.*/, '')
}

/** Sets variables for one test. */
function environment(t: TestContext, variables: Readonly<Record<string, string>>): void {
  const { env } = process
  t.after(() => {
    process.env = env
  })
  process.env = { ...env, REGISTRY_AUTH_FILE: '', XDG_RUNTIME_DIR: '', DOCKER_CONFIG: '', ...variables }
}

function config(t: TestContext, content: unknown): void {
  const file = join(temporaryFolder(t), 'auth.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  environment(t, { REGISTRY_AUTH_FILE: file })
}

test('the login is that of the nearest part of a registry, and of no other registry', (t) => {
  const auths = {
    'registry.example.com.evil.example': auth('evil'),
    'example.com': auth('other'),
    'registry.example.com/team/node/more': auth('deeper'),
    'https://registry.example.com/v2/': auth('docker'),
    'registry.example.com/team': auth('team'),
    'https://index.docker.io/v1/': auth('hub'),
  }
  config(t, { auths })
  assert.equal(user(loginFor(image)), 'team')
  assert.equal(user(loginFor(readImageReference('docker://registry.example.com/teams/node'))), 'docker')
  assert.equal(user(loginFor(readImageReference('docker://node'))), 'hub')
  assert.equal(loginFor(readImageReference('docker://registry.example.com:5000/team/node')), null)
})

test('files are those of podman and docker, in this order', (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'containers'))
  environment(t, { XDG_RUNTIME_DIR: folder, DOCKER_CONFIG: folder })
  assert.equal(loginFor(image), null)
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { 'registry.example.com': auth('docker') } }))
  assert.equal(user(loginFor(image)), 'docker')
  writeFileSync(join(folder, 'containers', 'auth.json'), JSON.stringify({ auths: { 'registry.example.com': auth('podman') } }))
  assert.equal(user(loginFor(image)), 'podman')
})

test('a login that somebody else holds is told, and one of another registry does not matter', (t) => {
  for (const content of [
    { credHelpers: { 'registry.example.com': 'safe' } },
    { credsStore: 'desktop', auths: { 'registry.example.com': {} } },
    { auths: { 'registry.example.com': { identitytoken: 'secret' } } },
  ]) {
    config(t, content)
    assert.throws(
      () => loginFor(image),
      (error) => error instanceof UsageError && /helper/.test(error.message) && !/secret/.test(error.message),
    )
  }
  config(t, { credsStore: 'desktop', credHelpers: { 'other.example.com': 'safe' }, auths: { 'other.example.com': {} } })
  assert.equal(loginFor(image), null)
})

test('what is no login is refused, and not repeated', (t) => {
  const broken = ['{"auths": secret', { auths: { 'registry.example.com': { auth: Buffer.from('secret').toString('base64') } } }]
  for (const content of [...broken, { auths: { 'registry.example.com': { auth: Buffer.from('a:secret\r\nb: c').toString('base64') } } }]) {
    config(t, content)
    assert.throws(
      () => loginFor(image),
      (error) => error instanceof UsageError && !/secret/.test(error.message + error.hint),
    )
  }
})
