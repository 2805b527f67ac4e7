/** A login at etcd ends now and then, and another one follows. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { ServiceClient } from '../../../../src/gateway/calls/service-client.ts'
import { EtcdClient } from '../../../../src/gateway/etcd/etcd-client.ts'

/** Gives out `token-1`, `token-2` and so on, and knows those that are good. */
async function serve(context: TestContext, isGood: (token: string | undefined) => boolean) {
  const asked: string[] = []
  let logins = 0
  const server = createServer(async (request, response) => {
    await text(request)
    const isLogin = request.url === '/v3/auth/authenticate'
    const { authorization } = request.headers
    asked.push(isLogin ? 'login' : String(authorization))
    if (!isLogin && !isGood(authorization)) response.writeHead(401).end('{}')
    else response.end(JSON.stringify(isLogin ? { token: `token-${++logins}` } : { header: { revision: '7' } }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = await ServiceClient.open(false, { authorities: [], clientCertificate: null, serverName: null, sockets: 1, warn: () => {} })
  context.after(async () => {
    client.close()
    server.close()
    await once(server, 'close')
  })
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return { etcd: new EtcdClient(client, url, { username: 'gateway', password: 's3cret' }), asked }
}

test('a token that has ended is followed by another one, and the question is asked again', async (context) => {
  let good = 'token-1'
  const { etcd, asked } = await serve(context, (token) => token === good)
  const range = () => etcd.range('/r/', '/r0', 0, 1)
  assert.equal((await range()).revision, 7)
  good = 'token-2'
  assert.equal((await range()).revision, 7)
  assert.equal((await range()).revision, 7)
  assert.deepEqual(asked, ['login', 'token-1', 'token-1', 'login', 'token-2', 'token-2'])
})

test('one that never was good is not shown again and again', async (context) => {
  const { etcd, asked } = await serve(context, () => false)
  for (const _ of [1, 2]) await assert.rejects(etcd.range('/r/', '/r0', 0, 1), { reason: 'protocol' })
  assert.deepEqual(asked, ['login', 'token-1', 'login', 'token-2'])
})
