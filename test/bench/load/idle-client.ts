/**
 * A client with many connections that does nothing, as a program: `node idle-client.ts <port> <count> <cleartext|tls> <1|2>`, the last being
 * the version of HTTP, with `{ "path", "token" }` on stdin. Each connection asks once and stays. Writes `ready` when all have their
 * answer; ends with stdin.
 */
import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

const [port = '0', count = '0', kind = '', version = ''] = process.argv.slice(2)
const concurrency = 32

type Request = { readonly path: string; readonly token: string }

async function open({ path, token }: Request): Promise<void> {
  const where = { host: '127.0.0.1', port: Number(port) }
  const socket = kind === 'tls' ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (!answer.toString('latin1').startsWith('HTTP/1.1 200 ')) throw new Error(`an answer began ${answer.toString('latin1', 0, 40)}`)
  socket.resume()
  failWhenClosed(socket)
}

async function openHttp2({ path, token }: Request): Promise<void> {
  const session = connectHttp2(`${kind === 'tls' ? 'https' : 'http'}://127.0.0.1:${port}`, { rejectUnauthorized: false })
  const stream = session.request({ ':path': path, authorization: `Bearer ${token}` })
  const [fields] = (await once(stream, 'response')) as [{ ':status'?: number }]
  if (fields[':status'] !== 200) throw new Error(`an answer had status ${fields[':status']}`)
  stream.resume()
  await once(stream, 'close')
  failWhenClosed(session)
}

function failWhenClosed(connection: Socket | ClientHttp2Session): void {
  connection.once('close', () => {
    process.stderr.write('a connection was closed\n')
    process.exit(1)
  })
}

const [input] = (await once(process.stdin, 'data')) as [Buffer]
const request = JSON.parse(input.toString()) as Request
let begun = 0
async function openMany(): Promise<void> {
  while (begun < Number(count)) {
    begun++
    await (version === '2' ? openHttp2(request) : open(request))
  }
}
await Promise.all(Array.from({ length: concurrency }, openMany))
process.stdout.write('ready')
process.stdin.on('end', () => process.exit(0)).resume()
