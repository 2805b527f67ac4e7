/** A connection to a broker before anything is said on it: over TCP, or over TLS with a certificate that has been verified. */
import { connect, isIP, type Socket } from 'node:net'
import { ServiceError, serviceError } from '../calls/service-error.ts'
import { unhurried } from '../feeds/gathering.ts'
import type { Amqp10Target } from './target.ts'

/** Rejects with a ServiceError when it fails, or when `signal` ends it. */
export async function openSocket({ address, trusted }: Amqp10Target, signal: AbortSignal): Promise<Socket> {
  const tls = trusted === null ? null : await import('node:tls')
  const { host, port } = address
  return new Promise((resolve, reject) => {
    const socket =
      tls === null
        ? connect({ host, port, ...unhurried })
        : tls.connect({
            host,
            port,
            ...(isIP(host) === 0 ? { servername: host } : {}),
            secureContext: trusted!,
            // Said, because an environment variable of Node's changes the default.
            rejectUnauthorized: true,
          })
    const stop = (): void => {
      socket.destroy()
      reject(new ServiceError('timeout'))
    }
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    // Stays: what goes wrong later ends the connection, and is told by that.
    socket.on('error', (error) => {
      signal.removeEventListener('abort', stop)
      reject(serviceError(error))
    })
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      signal.removeEventListener('abort', stop)
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}
