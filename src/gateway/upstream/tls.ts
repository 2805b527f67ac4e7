/**
 * Connections to https backends: certificate and host name are verified; nothing switches that off. node:tls is loaded only where a
 * backend is https when the gateway starts.
 */
import { isIP } from 'node:net'
import type { TlsCapability } from '../capabilities/backends.ts'
import { OwnCertificate } from '../own-certificate.ts'
import { streamOptions } from '../read-buffer.ts'
import { addressOptions, type Dial } from './dial.ts'

export const tlsCapability: TlsCapability = async () => {
  const { checkServerIdentity, connect, createSecureContext } = await import('node:tls')

  return ({ authorities, clientCertificate, serverName, protocol, lookup, warn }): Dial => {
    const trusted = authorities.length === 0 ? {} : { ca: [...authorities] }
    const contextWith = (pair: { readonly cert?: Buffer; readonly key?: Buffer }): ReturnType<typeof createSecureContext> =>
      createSecureContext({ minVersion: 'TLSv1.2', ...trusted, ...pair })
    const client = clientCertificate === null ? null : new OwnCertificate(clientCertificate, contextWith, warn)
    const anonymous = client === null ? contextWith({}) : null
    /** The backend's last ticket, and the context that it belongs to: a handshake with it costs a fraction of a whole one. */
    let ticket: Buffer | undefined
    let ticketContext: unknown = null

    return {
      readyEvent: 'secureConnect',
      open: (address, onData) => {
        const secureContext = client?.current() ?? anonymous!
        const name = serverName ?? address.host
        const socket = connect({
          ...addressOptions(address, lookup),
          secureContext,
          // Server Name Indication carries host names only (RFC 6066 §3).
          servername: isIP(name) === 0 ? name : '',
          checkServerIdentity: (_name, certificate) => checkServerIdentity(name, certificate),
          ALPNProtocols: [protocol],
          // Said, because an environment variable of Node's changes the default.
          rejectUnauthorized: true,
          ...(ticket !== undefined && ticketContext === secureContext ? { session: ticket } : {}),
          ...(onData === null ? {} : streamOptions(onData)),
        })
        socket.setNoDelay(true)
        socket.on('session', (session) => {
          ticket = session
          ticketContext = secureContext
        })
        // Whatever went wrong: the next one makes a whole handshake.
        socket.on('error', () => {
          ticket = undefined
        })
        return socket
      },
    }
  }
}
