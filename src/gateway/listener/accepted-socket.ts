/**
 * Has an accepted connection read into the shared buffer. Sockets that a program opens can be told so (`onread`), but accepted ones
 * cannot, except by making a socket around the accepted handle. That handle is not part of Node's documented interface: where it is
 * not what it was in Node 24 to 26, the accepted socket is used as it is, which only costs time. See docs/decisions/0002. So it is for
 * TLS: what its handle reads is for node:tls, which hands on memory of its own.
 */
import { Socket, type SocketConstructorOpts } from 'node:net'
import { type OnData, streamOptions } from '../read-buffer.ts'

type WithHandle = { _handle: unknown }

export function readIntoSharedBuffer(accepted: Socket & Partial<WithHandle>, onData: OnData): Socket {
  const handle = accepted._handle
  if ('encrypted' in accepted || !canReadIntoBuffer(handle)) {
    accepted.on('data', onData)
    return accepted
  }
  accepted._handle = null
  const options: SocketConstructorOpts = { allowHalfOpen: true, ...streamOptions(onData) }
  return new Socket(Object.assign(options, { handle }))
}

function canReadIntoBuffer(handle: unknown): handle is object {
  return typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle && typeof handle.useUserBuffer === 'function'
}
