/**
 * Connections to https backends: certificate and host name are verified; nothing switches that off. node:tls is loaded only where a
 * backend is https when the gateway starts.
 */
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { TlsCapability } from '../capabilities.ts'
import { streamOptions } from '../read-buffer.ts'

export const tlsCapability: TlsCapability = async () => {
  const { connect } = await import('node:tls')
  return {
    readyEvent: 'secureConnect',
    open: (address, onData) => {
      const options: ConnectionOptions = {
        host: address.host,
        port: address.port,
        // Server Name Indication carries host names only (RFC 6066 §3).
        servername: isIP(address.host) === 0 ? address.host : '',
        ALPNProtocols: ['http/1.1'],
        minVersion: 'TLSv1.2',
        // Said, because an environment variable of Node's changes the default.
        rejectUnauthorized: true,
        ...streamOptions(onData),
      }
      const socket = connect(options)
      socket.setNoDelay(true)
      return socket
    },
  }
}
