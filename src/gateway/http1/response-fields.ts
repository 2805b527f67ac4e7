/** What the gateway watches in backends' answers, and which fields never reach a client as the backend sent them. */
import { WatchedFields } from './watched-fields.ts'

const names = [
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'x-request-id',
  'date',
  'content-type',
] as const

function slotOf(name: (typeof names)[number]): number {
  return names.indexOf(name)
}

export const responseSlots = {
  contentLength: slotOf('content-length'),
  transferEncoding: slotOf('transfer-encoding'),
  connection: slotOf('connection'),
  keepAlive: slotOf('keep-alive'),
  date: slotOf('date'),
  contentType: slotOf('content-type'),
  upgrade: slotOf('upgrade'),
} as const

const quotaNames = ['ratelimit', 'ratelimit-policy']

const watched = names.map((name) => ({ name, dropped: name !== 'date' && name !== 'content-type' }))

/** Slot of each further name of `watchedResponseFields`. */
export function furtherSlot(index: number): number {
  return names.length + index
}

/** `further`: lower-case names that are noticed and dropped too. `limited`: the gateway adds RateLimit fields, which a backend's would contradict. */
export function watchedResponseFields(further: readonly string[], limited: boolean): WatchedFields {
  const dropped = limited ? [...further, ...quotaNames] : further
  return new WatchedFields([...watched, ...dropped.map((name) => ({ name, dropped: true }))])
}

export const responseFields: WatchedFields = watchedResponseFields([], false)

export const limitedResponseFields: WatchedFields = watchedResponseFields([], true)
