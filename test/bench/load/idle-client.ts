/**
 * A client with many connections that does nothing, as a program: `node idle-client.ts <port> <count> <cleartext|tls>`, with a request's
 * bytes on stdin, up to an empty line. Each connection sends it once and stays. Writes `ready` when all have their answer; ends with stdin.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

const [port = '0', count = '0', kind = ''] = process.argv.slice(2)
const concurrency = 32

async function open(request: Buffer): Promise<void> {
  const where = { host: '127.0.0.1', port: Number(port) }
  const socket = kind === 'tls' ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where)
  socket.write(request)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (!answer.toString('latin1').startsWith('HTTP/1.1 200 ')) throw new Error(`an answer began ${answer.toString('latin1', 0, 40)}`)
  socket.resume()
  socket.once('close', () => {
    process.stderr.write('a connection was closed\n')
    process.exit(1)
  })
}

const [request] = (await once(process.stdin, 'data')) as [Buffer]
let begun = 0
async function openMany(): Promise<void> {
  while (begun < Number(count)) {
    begun++
    await open(request)
  }
}
await Promise.all(Array.from({ length: concurrency }, openMany))
process.stdout.write('ready')
process.stdin.on('end', () => process.exit(0)).resume()
