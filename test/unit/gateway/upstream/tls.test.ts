import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, afterEach, test } from 'node:test'
import { createServer, getCACertificates, type Server, setDefaultCACertificates } from 'node:tls'
import { makeCertificate } from '../../../certificate.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'

const day = 86_400_000
const authorities = getCACertificates('default')
const servers: Server[] = []
const gateways: LocalGateway[] = []

/** An https backend with a certificate for this name, trusted or not; counts the requests that reach it. */
async function backend(name: string, trusted: boolean): Promise<{ readonly port: number; readonly requests: () => number }> {
  const keys = generateKeyPairSync('ed25519')
  const cert = makeCertificate({ subject: name, notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day), keys })
  setDefaultCACertificates(trusted ? [...authorities, cert] : authorities)
  let requests = 0
  const server = createServer({ key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      requests++
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return { port: (server.address() as AddressInfo).port, requests: () => requests }
}

async function answerThrough(port: number): Promise<number> {
  const gateway = await LocalGateway.start(planOf([`https://localhost:${port}`], { operations: [{ method: 'GET', template: '/pets' }] }))
  gateways.push(gateway)
  const response = await fetch(`http://127.0.0.1:${gateway.port}/pets`)
  await response.arrayBuffer()
  return response.status
}

afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.stop()
  for (const server of servers.splice(0)) server.close()
})
after(() => setDefaultCACertificates(authorities))

test('a backend whose certificate is good is reached', async () => {
  const { port, requests } = await backend('localhost', true)
  assert.deepEqual([await answerThrough(port), requests()], [200, 1])
})

test('a certificate that nobody vouches for is a bad gateway, and the backend gets nothing', async () => {
  const { port, requests } = await backend('localhost', false)
  assert.deepEqual([await answerThrough(port), requests()], [502, 0])
})

test('a certificate for another name is a bad gateway', async () => {
  const { port, requests } = await backend('other.example', true)
  assert.deepEqual([await answerThrough(port), requests()], [502, 0])
})

test('Node’s switch in the environment does not switch verification off', async (t) => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  t.after(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  const { port, requests } = await backend('localhost', false)
  assert.deepEqual([await answerThrough(port), requests()], [502, 0])
})
