/**
 * A client that has a certificate, as a program: `node certificate-client.ts <port> <seconds> <connections> <certificate> <key>`, with
 * the request's bytes on stdin. Each connection sends the next request when the last one is answered. Prints the number of requests and the
 * seconds that they took, as a JSON array.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'

const [port = '0', seconds = '0', connections = '0', certificate = '', key = ''] = process.argv.slice(2)
const request = readFileSync(0)
const identity = { cert: readFileSync(certificate), key: readFileSync(key) }
let requests = 0
let end = Number.POSITIVE_INFINITY

/** The server's certificate is one that the benchmark made itself a moment ago. */
async function open(): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false, ...identity })
  await once(socket, 'secureConnect')
  return socket.setNoDelay(true)
}

function repeat(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = ''
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1')
      const headEnd = answer.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(answer)?.[1])
      if (!answer.startsWith('HTTP/1.1 200 ') || Number.isNaN(length)) reject(new Error(`an answer began ${answer.slice(0, 40)}`))
      if (answer.length < headEnd + 4 + length) return
      answer = ''
      requests++
      if (performance.now() < end) socket.write(request)
      else resolve()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the gateway closed a connection')))
    socket.write(request)
  })
}

const sockets = await Promise.all(Array.from({ length: Number(connections) }, open))
const start = performance.now()
end = start + Number(seconds) * 1000
await Promise.all(sockets.map(repeat))
process.stdout.write(JSON.stringify([requests, (performance.now() - start) / 1000]), () => process.exit(0))
