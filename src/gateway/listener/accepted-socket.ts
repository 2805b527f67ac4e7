/**
 * Has an accepted connection read into a buffer of the gateway's. Sockets that a program opens can be told so (`onread`), but accepted ones
 * cannot, except by making a socket around the accepted handle. That handle is not part of Node's documented interface: where it is
 * not what it was in Node 24 to 26, the accepted socket is used as it is, which only costs time and memory. See docs/decisions/0002.
 */
import { Socket, type SocketConstructorOpts } from 'node:net'
import { type OnData, streamOptions } from '../read-buffer.ts'

type WithHandle = { _handle: unknown }

/** Less than the 1 KiB that node:tls takes for its first buffer at least: one that is filled is followed by one of 16 KiB. */
const firstBytes = Buffer.allocUnsafeSlow(1023)

/** The bytes of TLS are for node:tls, which hands on memory of its own. */
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

/**
 * Calls `begun` once the connection's first bytes have come; they wait in the socket that is returned. node:tls keeps a buffer for what each
 * connection brings, as large as its first read may be: 64 KiB where that is a read from the connection, 1 KiB where so little waits.
 */
export function awaitFirstBytes(accepted: Socket & Partial<WithHandle>, begun: (socket: Socket) => void): Socket {
  const handle = accepted._handle
  if (!canReadIntoBuffer(handle)) {
    process.nextTick(begun, accepted)
    return accepted
  }
  accepted._handle = null
  let once: ((socket: Socket) => void) | null = begun
  const callback = (length: number): boolean => {
    // Not from Node's pool: node:tls keeps a small piece of it for each connection, which would keep these bytes as well.
    const first = Buffer.allocUnsafeSlow(length)
    firstBytes.copy(first, 0, 0, length)
    socket.unshift(first)
    once?.(socket)
    // The socket keeps this function as long as it lives.
    once = null
    return false
  }
  const options: SocketConstructorOpts = { allowHalfOpen: false, onread: { buffer: firstBytes, callback } }
  const socket = new Socket(Object.assign(options, { handle }))
  return socket
}

/** A socket keeps what it has told of its ends; who has asked needs it no more. What Node would call it otherwise stays where it is. */
export function forgetEnds(socket: Socket & { _peername?: unknown; _sockname?: unknown }): void {
  if (typeof socket._peername === 'object') socket._peername = null
  if (typeof socket._sockname === 'object') socket._sockname = null
}

function canReadIntoBuffer(handle: unknown): handle is object {
  return typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle && typeof handle.useUserBuffer === 'function'
}
