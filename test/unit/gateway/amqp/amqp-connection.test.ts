/** Brokers that are none, or do not what they should: connections end in time, and nothing that they say is told. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { parseAmqpUrl } from '../../../../src/gateway/amqp/amqp-address.ts'
import { AmqpConnection, amqpFailure } from '../../../../src/gateway/amqp/amqp-connection.ts'

async function reasonWith(context: TestContext, connected: (socket: Socket) => void, scheme = 'amqp'): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    connected(socket)
  }).listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  const address = parseAmqpUrl(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`)!
  try {
    await AmqpConnection.open({ address, login: { username: 'u', password: 'p' }, authorities: [] })
    return 'opened'
  } catch (error) {
    return amqpFailure(error)
  }
}

/** A frame of a method on channel 0. */
function frame(payload: Buffer): Buffer {
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0])
  head.writeUInt32BE(payload.length, 3)
  return Buffer.concat([head, payload, Buffer.from([0xce])])
}

test('one that takes the connection and says nothing, in the clear and over TLS', async (context) => {
  const silent = ['amqp', 'amqps'].map((scheme) => reasonWith(context, () => {}, scheme))
  assert.deepEqual(await Promise.all(silent), ['timeout', 'timeout'])
})

test('one that says a little now and then', async (context) => {
  const reason = await reasonWith(context, (socket) => {
    // A frame of 256 bytes.
    socket.write(Buffer.from([1, 0, 0, 0, 0, 1, 0]))
    const timer = setInterval(() => socket.write(Buffer.from([0])), 500)
    socket.on('close', () => clearInterval(timer))
  })
  assert.equal(reason, 'timeout')
})

test('one that speaks something else', async (context) => {
  assert.equal(await reasonWith(context, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), 'protocol')
  assert.equal(
    await reasonWith(context, (socket) => socket.write('220 mail.example.com ESMTP, and more than a frame needs\r\n')),
    'protocol',
  )
  assert.equal(await reasonWith(context, (socket) => socket.write(frame(Buffer.from([0, 10, 0, 99])))), 'protocol')
})

test('one that announces a frame larger than any', async (context) => {
  assert.equal(await reasonWith(context, (socket) => socket.write(Buffer.from([1, 0, 0, 0x7f, 0xff, 0xff, 0xff]))), 'protocol')
})

test('one that hangs up', async (context) => {
  assert.equal(await reasonWith(context, (socket) => socket.end()), 'closed')
  assert.equal(await reasonWith(context, (socket) => socket.resetAndDestroy()), 'connect')
  assert.equal(await reasonWith(context, (socket) => socket.end(), 'amqps'), 'connect')
})

test('what a broker says is not told', () => {
  const said = new Error('Handshake terminated by server: 403 (ACCESS-REFUSED) with message "no s3cret for you"')
  assert.equal(amqpFailure(said), 'broker 403')
  assert.equal(amqpFailure(new Error('s3cret')), 'protocol')
  assert.equal(amqpFailure(Object.assign(new Error('Connection closed: 320 (CONNECTION-FORCED)'), { code: 320 })), 'broker 320')
})
