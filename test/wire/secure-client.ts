/** Clients that speak TLS with a gateway on the loopback interface. */
import { once } from 'node:events'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { type Answer, Client } from './client.ts'

/** Resolves once the handshake has ended; rejects when it fails. No certificate is believed or doubted unless the options say so. */
export async function secureSocket(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false, ...options })
  await once(socket, 'secureConnect')
  return socket
}

export async function secureClient(port: number, options: ConnectionOptions = {}): Promise<Client> {
  return Client.over(await secureSocket(port, { ALPNProtocols: ['http/1.1'], ...options }))
}

/** One request on a connection of its own. */
export async function askSecurely(port: number, bytes: string, options: ConnectionOptions = {}): Promise<Answer> {
  const client = await secureClient(port, options)
  try {
    return await client.request(bytes)
  } finally {
    await client.destroy()
  }
}

/** The code with which a handshake fails, as the client sees it. */
export async function refusedHandshake(port: number, options: ConnectionOptions): Promise<string> {
  try {
    ;(await secureSocket(port, options)).destroy()
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  }
  throw new Error('the handshake was accepted')
}
