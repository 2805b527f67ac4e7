/** Connections to https backends: certificate and host name are verified; nothing switches that off. */
import { isIP, type OnReadOpts } from 'node:net'
import { type ConnectionOptions, connect } from 'node:tls'
import { onRead } from '../read-buffer.ts'
import type { Dial } from './dial.ts'

export const tlsCapability: Dial = {
  readyEvent: 'secureConnect',
  open: (address, onData) => {
    // Node's types leave out `onread` here; tls.connect documents it.
    const options: ConnectionOptions & { readonly onread: OnReadOpts } = {
      host: address.host,
      port: address.port,
      // Server Name Indication carries host names only (RFC 6066 §3).
      servername: isIP(address.host) === 0 ? address.host : '',
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      onread: onRead(onData),
    }
    const socket = connect(options)
    socket.setNoDelay(true)
    return socket
  },
}
