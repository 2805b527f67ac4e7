/**
 * A client that opens a TLS connection for each request, as a program: `node handshake-client.ts <port> <seconds> <full|resumed>`, with the
 * request's bytes on stdin. Prints the number of requests and of those whose session was resumed, as a JSON array.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'

const [port = '0', seconds = '0', kind = ''] = process.argv.slice(2)
const request = readFileSync(0)
const concurrency = 8

let session: Buffer | undefined
let requests = 0
let resumed = 0

async function requestOnce(): Promise<void> {
  const offered = kind === 'resumed' ? session : undefined
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port: Number(port),
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
    ...(offered === undefined ? {} : { session: offered }),
  })
  socket.on('session', (ticket: Buffer) => {
    session = ticket
  })
  let answer = ''
  socket.on('data', (bytes: Buffer) => {
    answer += bytes.toString('latin1')
  })
  socket.once('secureConnect', () => {
    if (socket.isSessionReused()) resumed++
    socket.write(request)
  })
  await once(socket, 'close')
  if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(`an answer began ${answer.slice(0, 40)}`)
  requests++
}

async function repeat(end: number): Promise<void> {
  while (performance.now() < end) await requestOnce()
}

// The first one fetches a ticket.
await requestOnce()
requests = 0
resumed = 0
const end = performance.now() + Number(seconds) * 1000
await Promise.all(Array.from({ length: concurrency }, () => repeat(end)))
process.stdout.write(JSON.stringify([requests, resumed]))
