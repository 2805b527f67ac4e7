/** What the gateway watches in requests, and which fields never reach a backend as the client sent them (RFC 9110 §7.6.1). */
import { WatchedFields } from './watched-fields.ts'

const kept = ['accept'] as const

const dropped = [
  // Read by the gateway and made anew.
  'host',
  'content-length',
  'transfer-encoding',
  'expect',
  // Hop-by-hop.
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
  // Credentials: for the gateway, not for the backend.
  'authorization',
  'proxy-authorization',
  // Set by the gateway; a client's own would be believed.
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-real-ip',
  'x-request-id',
  'x-jwt-assertion',
  // A client's certificate, as proxies in front hand it on.
  'client-cert',
  'client-cert-chain',
  'x-forwarded-client-cert',
  'x-wso2-client-certificate',
  'x-client-ip',
  'true-client-ip',
  'x-cluster-client-ip',
  'cf-connecting-ip',
  // Put another path or method in the place of the authorised one.
  'x-original-url',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
] as const

type RequestFieldName = (typeof kept)[number] | (typeof dropped)[number]

const names: readonly RequestFieldName[] = [...kept, ...dropped]

function slotOf(name: RequestFieldName): number {
  return names.indexOf(name)
}

/** Slots of the fields that the engine reads. */
export const requestSlots = {
  accept: slotOf('accept'),
  host: slotOf('host'),
  contentLength: slotOf('content-length'),
  transferEncoding: slotOf('transfer-encoding'),
  expect: slotOf('expect'),
  connection: slotOf('connection'),
  upgrade: slotOf('upgrade'),
  authorization: slotOf('authorization'),
  forwarded: slotOf('forwarded'),
  forwardedFor: slotOf('x-forwarded-for'),
  forwardedHost: slotOf('x-forwarded-host'),
  forwardedProto: slotOf('x-forwarded-proto'),
} as const

export type RequestFields = {
  readonly watched: WatchedFields
  /** Slot of each field that carries a credential, by its lower-case name. */
  readonly credentialSlots: ReadonlyMap<string, number>
  /** Slot of a watched field by its lower-case name; -1 for one that is not watched. */
  slot(name: string): number
}

/**
 * `credentialFields`: lower-case names of the fields in which the plan's operations expect a credential; `further`: of others that are
 * read and dropped; `alsoKept`: of others that are read, and forwarded unless the
 * gateway drops them anyway.
 */
export function requestFields(
  credentialFields: Iterable<string>,
  further: readonly string[] = [],
  alsoKept: readonly string[] = [],
): RequestFields {
  const alsoDropped = [...credentialFields, ...further]
  const extra = [...new Set([...alsoDropped, ...alsoKept])].filter((name) => !(names as readonly string[]).includes(name))
  const all: readonly string[] = [...names, ...extra]
  const forwarded = new Set<string>(
    [...kept, ...alsoKept.filter((name) => !(dropped as readonly string[]).includes(name))].filter((name) => !alsoDropped.includes(name)),
  )
  const credentials = new Set(['authorization', 'proxy-authorization', ...credentialFields])
  return {
    watched: new WatchedFields(all.map((name) => ({ name, dropped: !forwarded.has(name) }))),
    credentialSlots: new Map([...credentials].map((name) => [name, all.indexOf(name)])),
    slot: (name) => all.indexOf(name),
  }
}
