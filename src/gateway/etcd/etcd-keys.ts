/** How entries stand in etcd: the key says what is revoked, the value the rest, as JSON. */
import crypto from 'node:crypto'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { FedEntry } from '../capabilities/revocation-feed.ts'
import { readEntry, tokenNamed } from '../feeds/read-entry.ts'
import { identityOf } from '../feeds/written-entry.ts'
import { isJsonObject } from '../json-object.ts'
import type { KeyValue } from './etcd-page.ts'

/** Folders below the prefix, and what an entry names its thing by. */
const folders = {
  jti: 'jti',
  signature: 'signature',
  digest: 'digest',
  client: 'client',
  user: 'user',
  kid: 'kid',
  'api-key': 'apiKey',
  'deny/application': 'denyApplication',
  'deny/user': 'denyUser',
  'deny/api': 'denyApi',
  'deny/address': 'denyAddress',
} as const

const folderOf = {
  token: 'jti',
  digest: 'digest',
  client: 'client',
  user: 'user',
  key: 'kid',
  'api-key': 'api-key',
  'denied-application': 'deny/application',
  'denied-user': 'deny/user',
  'denied-api': 'deny/api',
  'denied-address': 'deny/address',
} as const satisfies Readonly<Record<RevokedPlan['kind'], keyof typeof folders>>

/** The folder of entries that are in their values as a whole. */
const wholeEntries = 'entry'

/** Undefined for what is no entry. Keys in other folders are none. */
export function entryOf({ key, value }: KeyValue, prefix: string): FedEntry | undefined | 'other' {
  const match = /^((?:deny\/)?[a-z-]+)\/(.+)$/s.exec(key.slice(prefix.length + 1))
  const [, folder = '', name = ''] = match ?? []
  const rest = membersOf(value)
  if (folder === wholeEntries) return rest === null ? undefined : readEntry(rest)
  if (!Object.hasOwn(folders, folder)) return 'other'
  // WSO2 writes a word or a number there; what it calls a jti is one, or a signature.
  if (folder === 'jti' && rest === null) return tokenNamed(name, null)
  return rest === null ? undefined : readEntry({ ...rest, [folders[folder as keyof typeof folders]]: name })
}

/** The key under which an entry stands by its name, as people write it. There is one for all issuers. */
export function namedKey({ kind, name }: Pick<RevokedPlan, 'kind' | 'name'>, prefix: string): string {
  return `${prefix}/${folderOf[kind]}/${name}`
}

/** The key that nothing else has, for where that one is taken. */
export function ownKey(entry: RevokedPlan, prefix: string): string {
  return `${prefix}/${wholeEntries}/${crypto.hash('sha256', identityOf(entry), 'base64url')}`
}

/** `null` where it is no object. An empty value says nothing, and need not. */
function membersOf(value: string): Readonly<Record<string, unknown>> | null {
  if (value === '') return {}
  try {
    const members: unknown = JSON.parse(value)
    return isJsonObject(members) ? members : null
  } catch {
    return null
  }
}

/** The end of the range of all keys that begin with the prefix and a slash. */
export function rangeEnd(prefix: string): string {
  return `${prefix}0`
}
