/** The backend that does not do what it is asked for. `/late` and `/closing` are within what is allowed; the others are not. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { RunningBackend } from './steady-backend.ts'

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

const manners: Readonly<Record<string, (socket: Socket) => void>> = {
  reset: (socket) => socket.resetAndDestroy(),
  cut: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this'),
  garbage: (socket) => socket.write('HTTP/1.1 200 OK\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'),
  late: (socket) => void setTimeout(() => socket.write(whole), 300),
  never: () => {},
  // It says nothing about closing, answers and goes away: the next request on this connection finds nobody.
  closing: (socket) => {
    socket.write(whole)
    setTimeout(() => socket.end(), 5)
  },
}

export async function startRoughBackend(): Promise<RunningBackend> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      received += text
      // All requests to this backend have no body.
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const name = received.slice(received.indexOf('/') + 1, received.indexOf(' ', received.indexOf('/')))
        received = received.slice(end + 4)
        manners[name]?.(socket)
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}
