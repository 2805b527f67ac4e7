/** The capability that speaks HTTP/2 with backends. node:http2 is loaded only where a plan has such a backend. */
import type { Http2BackendCapability } from '../capabilities/backends.ts'
import { keepNative } from '../http2/native-session.ts'
import type { OpenSession } from './http2-session.ts'
import { Http2Upstream } from './http2-upstream.ts'

/** Bytes of an answer that may be on their way before its client has taken any: what one exchange may keep waiting here. */
const streamWindow = 256 * 1024
/** The same for all exchanges of a connection: it must not be what slows one of them down. */
const sessionWindow = 16 * 1024 * 1024

/** Bytes of an answer's head, and fields in it. */
const maximumHead = 32 * 1024
const maximumFields = 500

/** Bytes of a request's head: more than any that the gateway accepts. */
const maximumRequestHead = 2 * 1024 * 1024

/** Megabytes that node:http2 may keep for one connection. */
const sessionMemory = 64

/** Fields go as the client sent them, also those that come twice, as they do to HTTP/1.1 backends. The types know it for servers only. */
const lenient: object = { strictSingleValueFields: false }

export const http2BackendCapability: Http2BackendCapability = async () => {
  const { connect } = await import('node:http2')

  const open: OpenSession = (socket, { secure, authority }) => {
    const session = connect(`${secure ? 'https' : 'http'}://${authority}`, {
      ...lenient,
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: streamWindow, maxHeaderListSize: maximumHead },
      maxReservedRemoteStreams: 0,
      maxHeaderListPairs: maximumFields,
      maxSendHeaderBlockLength: maximumRequestHead,
      maxSessionMemory: sessionMemory,
    })
    // Node forgets what is set before the connection has its handle.
    session.once('connect', () => {
      keepNative(session)
      session.setLocalWindowSize(sessionWindow)
    })
    return session
  }
  return (index, origin, dial, limits, clock) => new Http2Upstream(index, origin, dial, open, limits, clock)
}
