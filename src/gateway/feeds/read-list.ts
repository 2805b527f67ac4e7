/** Lists of everything that is revoked: Postern's own, and WSO2's in all versions. */
import type { FedEntry } from '../capabilities/revocation-feed.ts'
import { isJsonObject } from '../json-object.ts'
import { parseInSlices } from './parse-in-slices.ts'
import { readEntry } from './read-entry.ts'
import { isWso2Event, readWso2Event } from './wso2-event.ts'

/** What newer versions of WSO2 call the parts of their list. */
const parts = ['revokedJWTList', 'revokedJWTConsumerKeyList', 'revokedJWTSubjectEntityList'] as const

/** What is in a list, whatever it is. `null` where the text is not JSON, or no list. */
export async function readList(text: Buffer): Promise<readonly unknown[] | null> {
  const value = await parseInSlices(text).catch(() => null)
  if (Array.isArray(value)) return value
  if (!isJsonObject(value)) return null
  const lists = parts.filter((name) => Object.hasOwn(value, name)).map((name) => value[name])
  return lists.length > 0 && lists.every((list) => Array.isArray(list)) ? lists.flat() : null
}

/** Undefined for what makes no sense. */
export function readListed(value: unknown): FedEntry | undefined {
  return isJsonObject(value) && isWso2Event(value) ? readWso2Event(value) : readEntry(value)
}
