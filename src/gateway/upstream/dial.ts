/** Opens a connection to a backend; the returned socket is connecting. */
import { connect, type OnReadOpts, type Socket } from 'node:net'

export type Address = { readonly host: string; readonly port: number }

/** Called with what has been read, which is overwritten by the next read of any connection: what is kept must be copied. */
export type OnData = (chunk: Buffer) => void

/** `readyEvent` is when the socket may be used: a TLS socket is ready only after its handshake. */
export type Dial = { readonly readyEvent: 'connect' | 'secureConnect'; readonly open: (address: Address, onData: OnData) => Socket }

/** One for all connections: answers are used up, or copied, before the next read; so reading allocates nothing. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)

export function onRead(onData: OnData): OnReadOpts {
  return {
    buffer: readBuffer,
    callback: (length) => {
      onData(readBuffer.subarray(0, length))
      return true
    },
  }
}

export const plainDial: Dial = {
  readyEvent: 'connect',
  open: (address, onData) => connect({ host: address.host, port: address.port, noDelay: true, onread: onRead(onData) }),
}
