/** Against an abort in node:http2 that peers can bring about, as clients and as backends. */
import type { Http2Session } from 'node:http2'

/**
 * Keeps the native part of a session, which must be connected, until its streams are gone. node:http2 lets go of it when the session is
 * destroyed, of the streams in the next turn. A garbage collection between the two aborts the process if a peer had sent half of a
 * header block: the session counts memory that such a stream still holds ("current_nghttp2_memory_ == 0"). False: there is no such part
 * to be found.
 */
export function keepNative(session: Http2Session): boolean {
  const symbol = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'kHandle')
  const native: unknown = symbol === undefined ? undefined : Reflect.get(session, symbol)
  if (typeof native !== 'object' || native === null) return false
  // A stream goes in two turns: it is taken out in the first and freed in the second.
  session.once('close', () => setImmediate(() => setImmediate(letGo, native)))
  return true
}

/** What it is called with is held until then. */
function letGo(_held: object): void {}
