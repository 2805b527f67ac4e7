import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { type AdminServer, startAdminServer } from '../../../../src/gateway/admin/admin-server.ts'
import { Readiness } from '../../../../src/gateway/admin/readiness.ts'

const readiness = new Readiness()
const manifest = Buffer.from('{"name":"petstore"}\n')
let stuck: readonly number[] = []
let server: AdminServer
before(async () => {
  server = await startAdminServer(
    { readiness, stuck: () => stuck, metrics: () => 'postern_up 1\n', manifest, keySet: '{"keys":[]}' },
    '127.0.0.1',
    0,
  )
})
after(() => server.close())

function get(path: string, method = 'GET'): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, { method })
}

/** Sends bytes and returns all that comes back until the connection ends. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data.toString('latin1')
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  return answer
}

test('/live says that the process turns over', async () => {
  const response = await get('/live')
  assert.deepEqual([response.status, await response.json()], [200, { status: 'live' }])
})

test('/live says which threads do not turn over', async () => {
  stuck = [1]
  const response = await get('/live')
  stuck = []
  assert.deepEqual([response.status, await response.json()], [503, { status: 'not-live', stuck: [1] }])
})

test('/ready says what is missing', async () => {
  readiness.lacks('listener', 'not listening yet')
  readiness.lacks('keys', 'not there')
  readiness.lacks('keys', 'still not there')
  const lacking = await get('/ready')
  assert.deepEqual(
    [lacking.status, await lacking.json()],
    [
      503,
      {
        status: 'not-ready',
        missing: [
          { condition: 'listener', why: 'not listening yet' },
          { condition: 'keys', why: 'still not there' },
        ],
      },
    ],
  )
  readiness.holds('listener')
  readiness.holds('keys')
  const ready = await get('/ready')
  assert.deepEqual([ready.status, await ready.json()], [200, { status: 'ready', missing: [] }])
})

test('/metrics and /manifest give what they are given', async () => {
  const metrics = await get('/metrics')
  assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  assert.equal(await metrics.text(), 'postern_up 1\n')
  const answer = await get('/manifest?x=1')
  assert.equal(answer.headers.get('content-type'), 'application/json')
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), manifest)
})

test('HEAD has the length and no body', async () => {
  const response = await get('/manifest', 'HEAD')
  assert.deepEqual([response.status, response.headers.get('content-length'), await response.text()], [200, '20', ''])
})

test('nothing else is there, and nothing can be changed', async () => {
  for (const path of ['/', '/Live', '/live/', '/metrics/x', '/%6cive', '//live', '/__proto__'])
    assert.equal((await get(path)).status, 404, path)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const response = await get('/ready', method)
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD'])
  }
})

test('garbage is answered with 400 and the server goes on', async () => {
  for (const bytes of [
    'nonsense\r\n\r\n',
    'GET /live HTTP/9.9\r\n\r\n',
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
    '\u0016\u0003\u0001\u0002\u0000\u0001',
  ]) {
    assert.match(await raw(bytes), /^HTTP\/1\.1 400 Bad Request\r\n/, JSON.stringify(bytes.slice(0, 10)))
  }
  assert.equal((await get('/live')).status, 200)
})

test('a request with a body is answered without reading it, and its connection ends', async () => {
  const head = 'POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n'
  assert.match(await raw(head), /^HTTP\/1\.1 405 .*\r\nConnection: close\r\n/s)
})

test('a client that sends byte after byte does not keep its connection', async () => {
  const sources = { readiness, stuck: () => stuck, metrics: () => '', manifest, keySet: '{"keys":[]}' }
  const short = await startAdminServer(sources, '127.0.0.1', 0, { patience: 50, maximumConnections: 10 })
  const socket = connect(short.port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data.toString('latin1')
  })
  socket.on('error', () => {})
  socket.write('GET /live HTTP/1.1\r\nX: ')
  const drip = setInterval(() => socket.write('x'), 5)
  // `once` would reject when the last drop meets a closed door.
  await new Promise((resolve) => socket.on('close', resolve))
  clearInterval(drip)
  await short.close()
  assert.equal(answer, '')
})

test('where there are too many connections, the oldest goes', async () => {
  const sources = { readiness, stuck: () => stuck, metrics: () => '', manifest, keySet: '{"keys":[]}' }
  const small = await startAdminServer(sources, '127.0.0.1', 0, { patience: 60_000, maximumConnections: 2 })
  const sockets: Socket[] = []
  for (let count = 0; count < 2; count++) {
    const socket = connect(small.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    sockets.push(socket)
  }
  const dropped = once(sockets[0]!, 'close')
  const response = await fetch(`http://127.0.0.1:${small.port}/live`)
  assert.equal(response.status, 200)
  await dropped
  assert.equal(sockets[1]!.destroyed, false)
  await small.close()
})

test('a port that is taken rejects', async () => {
  const sources = { readiness, stuck: () => stuck, metrics: () => '', manifest, keySet: '{"keys":[]}' }
  await assert.rejects(startAdminServer(sources, '127.0.0.1', server.port), { code: 'EADDRINUSE' })
})
