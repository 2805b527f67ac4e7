/** How entries stand in a stream: one message each, its fields the entry's. */
import type { FedEntry } from '../capabilities/revocation-feed.ts'
import { readEntry } from '../feeds/read-entry.ts'

export type StreamMessage = { readonly id: string; readonly fields: readonly unknown[] }

/** An operator takes back what an earlier message has revoked. */
export type StreamEntry = { readonly entry: FedEntry; readonly takenBack: boolean }

/** Redis knows no numbers. */
const numbers: ReadonlySet<string> = new Set(['exp', 'before', 'at', 'expiry_time', 'expiryTime'])

/** Ids that Redis makes begin with its clock's milliseconds; whoever makes his own may count from one, and not as far as here (in 2001). */
const earliestTime = 1_000_000_000_000

/** Undefined for what is no entry. Other fields than an entry's are left alone. */
export function entryOf({ id, fields }: StreamMessage): StreamEntry | undefined {
  const members = new Map<string, unknown>()
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name, value] = [fields[at], fields[at + 1]]
    // Of two values only one would count.
    if (typeof name === 'string' && members.has(name)) return undefined
    if (typeof name === 'string') members.set(name, numbers.has(name) ? numberIn(value) : value)
  }
  const word = members.get('takenBack')
  if (word !== undefined && word !== 'true') return undefined
  const entry = readEntry(Object.fromEntries(members))
  return entry === undefined ? undefined : { entry: published(entry, id), takenBack: word === 'true' }
}

/** When: as the message says, else as its id does. */
function published(entry: FedEntry, id: string): FedEntry {
  const made = Number(id.split('-')[0])
  return entry.publishedAt === undefined && made >= earliestTime ? { ...entry, publishedAt: made } : entry
}

/** What is no number stays what it is, and makes no entry. */
function numberIn(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value
}

/** @param reply what XRANGE gives. */
export function messagesIn(reply: unknown): readonly StreamMessage[] {
  if (!Array.isArray(reply)) return []
  return reply.flatMap((message: unknown) => {
    if (!Array.isArray(message)) return []
    const [id, fields]: unknown[] = message
    return typeof id === 'string' ? [{ id, fields: Array.isArray(fields) ? fields : [] }] : []
  })
}

/** Whether an id of a stream comes before another one: `<milliseconds>-<number>`, both up to 64 bits. */
export function isBefore(one: string, other: string): boolean {
  const [oneTime = '', oneNumber = '0'] = one.split('-')
  const [otherTime = '', otherNumber = '0'] = other.split('-')
  return oneTime === otherTime ? isLess(oneNumber, otherNumber) : isLess(oneTime, otherTime)
}

/** Of digits without zeros before them. */
function isLess(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length
}
