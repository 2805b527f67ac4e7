/** A token endpoint that knows the gateway by its certificate (RFC 8705 §2). */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { Backend } from '../../../wire/backend.ts'
import { TestAuthority } from '../../../wire/certificates.ts'
import { ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'
import { service } from '../calls/test-service.ts'

test('the gateway shows its certificate to the token endpoint, and sends no secret', async (t) => {
  const [authority, clients] = [new TestAuthority('service CA'), new TestAuthority('client CA')]
  const [local, own] = [authority.identity(['127.0.0.1']), clients.identity(['gateway.internal'])]
  const asked: unknown[] = []
  const secure = { cert: local.certificate, key: local.key, ca: clients.certificate, requestCert: true, rejectUnauthorized: true }
  const { url } = await service(t, secure, async (request, response) => {
    const { authorized } = request.socket as TLSSocket
    asked.push([authorized, request.headers.authorization, await text(request)])
    response.end('{"access_token":"of-the-certificate","token_type":"Bearer"}')
  })
  const folder = temporaryFolder(t)
  const environment = { CERTIFICATE: join(folder, 'own.pem'), KEY: join(folder, 'own.key') }
  writeFileSync(environment.CERTIFICATE, own.certificate)
  writeFileSync(environment.KEY, own.key)
  const clientCertificate = { certificate: [{ setting: 'CERTIFICATE' }], key: [{ setting: 'KEY' }] }
  const backend = await Backend.start()
  t.after(() => backend.stop())
  const plan = planOf([], {
    upstreams: [
      {
        url: [backend.url],
        http: '1.1',
        tls: null,
        credential: {
          kind: 'client-credentials',
          service: {
            url: [url.href],
            plainHttp: false,
            tls: { authorities: [authority.certificate], clientCertificate, serverName: null },
          },
          client: { kind: 'tls', clientId: ['gateway'] },
          scopes: [],
          audience: null,
        },
      },
    ],
    settings: ['CERTIFICATE', 'KEY'].map((name) => ({ name, default: null, usedFor: ['test'] })),
    operations: [{ method: 'GET', template: '/a' }],
  })
  const gateway = await LocalGateway.start(plan, { environment })
  t.after(() => gateway.stop())
  const answer = await ask(gateway.port, requestText('GET', '/a'))
  assert.equal(answer.status, 200)
  assert.match(answer.message.text, /Bearer of-the-certificate/)
  assert.deepEqual(asked, [[true, undefined, 'grant_type=client_credentials&client_id=gateway']])
})
