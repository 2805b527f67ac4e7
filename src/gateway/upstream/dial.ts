/** Opens a connection to a backend; the returned socket is connecting. */
import { connect, type Socket } from 'node:net'
import { type OnData, streamOptions } from '../read-buffer.ts'

export type Address = { readonly host: string; readonly port: number }

/** `readyEvent` is when the socket may be used: a TLS socket is ready only after its handshake. */
export type Dial = { readonly readyEvent: 'connect' | 'secureConnect'; readonly open: (address: Address, onData: OnData) => Socket }

export const plainDial: Dial = {
  readyEvent: 'connect',
  open: (address, onData) => connect({ host: address.host, port: address.port, noDelay: true, ...streamOptions(onData) }),
}
