/** What node:http2 is told about the bounds of a client's session. */
import type { ServerOptions } from 'node:http2'
import type { HttpLimitsPlan } from '../../contract/plan/bounds.ts'

/** Requests at a time on one connection. */
const maximumStreams = 100
/** Bytes of one request's content that may wait for its backend. */
const streamWindow = 256 * 1024
/** MiB that one session may hold. */
const maximumMemory = 10
/** RFC 9113 §6.5.2: what each field counts for beyond its text. */
const fieldOverhead = 32

export function sessionOptions({ maxHead, maxFields, maxTarget }: HttpLimitsPlan): ServerOptions {
  return {
    settings: {
      maxConcurrentStreams: maximumStreams,
      initialWindowSize: streamWindow,
      // Beyond it a stream is reset; somewhat more than what is allowed, so that a head a little too large gets its refusal.
      maxHeaderListSize: 2 * (maxHead + maxTarget + maxFields * fieldOverhead),
      enableConnectProtocol: false,
    },
    maxHeaderListPairs: 2 * maxFields,
    maxSessionMemory: maximumMemory,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    // RST_STREAM frames, at once and a second on the long run: for those that the session does not get to count.
    streamResetBurst: 1000,
    streamResetRate: 100,
    // A backend's answer is passed on as it is.
    strictSingleValueFields: false,
    // The sweep ends what is silent.
    unknownProtocolTimeout: 2 ** 31 - 1,
  }
}
