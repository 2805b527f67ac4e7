/** What stops a start because of its backends. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { UpstreamPlan } from '../../../../src/contract/plan/upstream.ts'
import type { Capabilities } from '../../../../src/gateway/capabilities.ts'
import { systemClock } from '../../../../src/gateway/clock.ts'
import { CoarseClock } from '../../../../src/gateway/coarse-clock.ts'
import { StartError } from '../../../../src/gateway/settings.ts'
import type { Backend } from '../../../../src/gateway/upstream/backend.ts'
import { http2BackendCapability } from '../../../../src/gateway/upstream/http2-backend.ts'
import { Http2Upstream } from '../../../../src/gateway/upstream/http2-upstream.ts'
import { openBackends } from '../../../../src/gateway/upstream/open-backends.ts'
import { tlsCapability } from '../../../../src/gateway/upstream/tls.ts'
import { Upstream } from '../../../../src/gateway/upstream/upstream.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { TestAuthority } from '../../../wire/certificates.ts'
import { planOf } from '../../../wire/plan.ts'

const everything: Capabilities = { 'https-backend': tlsCapability, 'http2-backend': http2BackendCapability }

function opened(
  upstreams: readonly UpstreamPlan[],
  values: Readonly<Record<string, string>>,
  capabilities = everything,
): Promise<readonly Backend[]> {
  return openBackends({
    plan: planOf([], { operations: [], upstreams }),
    capabilities,
    values: new Map(Object.entries(values)),
    clock: new CoarseClock(0),
    wallClock: systemClock,
    thread: { index: 0, count: 1 },
    warn: () => {},
    tell: () => {},
  })
}

const setting = (name: string): UpstreamPlan['url'] => [{ setting: name }]
const tls = { authorities: [], clientCertificate: null, serverName: 'api.internal' }
const clientCertificate = { certificate: setting('CERT'), key: setting('KEY') }

test('each backend is spoken with as the plan says', async () => {
  const upstreams: readonly UpstreamPlan[] = [
    { url: ['http://127.0.0.1:1'], http: '1.1', tls: null, credential: null },
    { url: ['http://127.0.0.1:1'], http: '2', tls: null, credential: null },
    { url: setting('URL'), http: '1.1', tls, credential: null },
  ]
  const [first, second, third] = await opened(upstreams, { URL: 'https://127.0.0.1' })
  assert.ok(first instanceof Upstream && second instanceof Http2Upstream && third instanceof Upstream)
})

test('certificates for a URL that turns out to be http', async () => {
  const refused = opened([{ url: setting('URL'), http: '1.1', tls, credential: null }], { URL: 'http://127.0.0.1' })
  await assert.rejects(refused, (error) => error instanceof StartError && /^URL must be an https URL/.test(error.message))
})

test('an address that is none is not repeated', async () => {
  const refused = opened([{ url: setting('URL'), http: '1.1', tls: null, credential: null }], { URL: 'https://user:secret@a.example' })
  await assert.rejects(
    refused,
    (error) => error instanceof StartError && /^URL must be an absolute/.test(error.message) && !error.message.includes('secret'),
  )
})

test('files of a client certificate that cannot be used, by the names of their settings', async (t) => {
  const folder = temporaryFolder(t)
  const { certificate, key } = new TestAuthority('client CA').identity(['gateway'])
  writeFileSync(join(folder, 'cert.pem'), certificate)
  writeFileSync(join(folder, 'key.pem'), key)
  const upstreams: readonly UpstreamPlan[] = [
    { url: ['https://127.0.0.1'], http: '2', tls: { ...tls, clientCertificate }, credential: null },
  ]
  const files = { CERT: join(folder, 'cert.pem'), KEY: join(folder, 'key.pem') }
  await opened(upstreams, files)
  const refused = opened(upstreams, { ...files, KEY: join(folder, 'nowhere.pem') })
  await assert.rejects(refused, (error) => error instanceof StartError && /^CERT, KEY: .*ENOENT$/.test(error.message))
})

test('a part that the bundle does not have', async () => {
  await assert.rejects(
    opened([{ url: setting('URL'), http: '1.1', tls: null, credential: null }], { URL: 'https://127.0.0.1' }, {}),
    /without https backends/,
  )
  await assert.rejects(opened([{ url: ['http://127.0.0.1'], http: '2', tls: null, credential: null }], {}, {}), /without HTTP\/2 backends/)
})
