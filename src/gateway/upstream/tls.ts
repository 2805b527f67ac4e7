/** Connections to https backends: certificate and host name are verified; nothing switches that off. */
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { Dial } from './dial.ts'

export const tlsCapability: Dial = {
  readyEvent: 'secureConnect',
  open: (address) => {
    const socket = connect({
      host: address.host,
      port: address.port,
      // Server Name Indication carries host names only (RFC 6066 §3).
      servername: isIP(address.host) === 0 ? address.host : '',
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
    })
    socket.setNoDelay(true)
    return socket
  },
}
