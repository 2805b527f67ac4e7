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

/**
 * What node:http2 bears before it ends a session by itself, with all that is on it: streams beyond those at a time, one after the other; and
 * RST_STREAM frames, at once and a second on the long run. A trusted proxy passes on what any of its clients does.
 */
const borne = {
  client: { maxSessionRejectedStreams: 100, streamResetBurst: 1000, streamResetRate: 100 },
  proxy: { maxSessionRejectedStreams: 10_000, streamResetBurst: 10_000, streamResetRate: 10_000 },
} as const

export function sessionOptions({ maxHead, maxFields, maxTarget }: HttpLimitsPlan, peer: keyof typeof borne): ServerOptions {
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
    ...borne[peer],
    // A backend's answer is passed on as it is.
    strictSingleValueFields: false,
    // The sweep ends what is silent.
    unknownProtocolTimeout: 2 ** 31 - 1,
  }
}
