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
} as const

const quotaNames = ['ratelimit', 'ratelimit-policy']

export const responseFields: WatchedFields = new WatchedFields(names.map((name) => ({ name, dropped: name !== 'date' })))

/** For answers to which the gateway adds its own RateLimit fields: a backend's would contradict them. */
export const limitedResponseFields: WatchedFields = new WatchedFields([
  ...names.map((name) => ({ name, dropped: name !== 'date' })),
  ...quotaNames.map((name) => ({ name, dropped: true })),
])
