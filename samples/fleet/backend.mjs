// The backends of the sample: HTTP/1.1 with an event stream and a WebSocket, and gRPC. They know nothing of tokens, certificates and limits.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { setTimeout } from 'node:timers/promises'
import { decode, encode } from './message.mjs'

const places = ['harbour', 'bridge', 'station']

const fleet = createServer(async (request, response) => {
  const json = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`)
  if (request.url === '/vehicles') json(200, ['truck-1', 'truck-2'])
  else if (request.url === '/repairs') json(200, [{ vehicle: 'truck-2', part: 'brakes' }])
  else if (/^\/vehicles\/[^/]+\/positions$/.test(request.url)) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const place of places) {
      response.write(`data: ${place}\n\n`)
      await setTimeout(300)
    }
    response.end()
  } else json(404, { error: 'not found' })
})

// A WebSocket (RFC 6455) that says everything again: short text frames only, which is all that the sample sends.
fleet.on('upgrade', (request, socket, head) => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
  let received = head
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes])
    while (received.length >= 6 && received.length >= 6 + (received[1] & 127)) {
      const [first, second] = received
      const length = second & 127
      if (length > 125) return socket.destroy()
      const payload = received.subarray(6, 6 + length).map((byte, index) => byte ^ received[2 + (index % 4)])
      received = received.subarray(6 + length)
      socket.write(Buffer.concat([Buffer.from([first, length]), payload]))
      if ((first & 15) === 8) return socket.end()
    }
  })
})

const dispatch = createHttp2Server()
dispatch.on('stream', async (stream, headers) => {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  const [text] = decode(Buffer.concat(chunks))
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  if (headers[':path'] === '/fleet.dispatch.v1.Dispatch/Assign') stream.write(encode(`receipt for "${text}"`))
  else for (const place of places) stream.write(encode(`${text}: to the ${place}`))
  stream.end()
})

fleet.listen(Number(process.env.FLEET_PORT ?? 9001), '127.0.0.1', () => console.log(`fleet listens on ${fleet.address().port}`))
dispatch.listen(Number(process.env.DISPATCH_PORT ?? 9002), '127.0.0.1', () => console.log(`dispatch listens on ${dispatch.address().port}`))
