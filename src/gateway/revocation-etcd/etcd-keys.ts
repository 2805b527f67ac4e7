/** How entries stand in etcd: the key says what is revoked, the value the rest, as JSON. */
import type { FedEntry } from '../capabilities.ts'
import { readEntry, tokenNamed } from '../feeds/read-entry.ts'
import type { KeyValue } from './etcd-client.ts'

/** Folders below the prefix, and what an entry names its thing by. */
const folders = {
  jti: 'jti',
  signature: 'signature',
  digest: 'digest',
  client: 'client',
  user: 'user',
  kid: 'kid',
  'api-key': 'apiKey',
} as const

/** Undefined for what is no entry. Keys in other folders are none. */
export function entryOf({ key, value }: KeyValue, prefix: string): FedEntry | undefined | 'other' {
  const match = /^([a-z-]+)\/(.+)$/s.exec(key.slice(prefix.length + 1))
  const [, folder = '', name = ''] = match ?? []
  if (!Object.hasOwn(folders, folder)) return 'other'
  const rest = membersOf(value)
  // WSO2 writes a word or a number there; what it calls a jti is one, or a signature.
  if (folder === 'jti' && rest === null) return tokenNamed(name, null)
  return rest === null ? undefined : readEntry({ ...rest, [folders[folder as keyof typeof folders]]: name })
}

/** `null` where it is no object. An empty value says nothing, and need not. */
function membersOf(value: string): Readonly<Record<string, unknown>> | null {
  if (value === '') return {}
  try {
    const members: unknown = JSON.parse(value)
    return typeof members === 'object' && members !== null && !Array.isArray(members) ? { ...members } : null
  } catch {
    return null
  }
}

/** The end of the range of all keys that begin with the prefix and a slash. */
export function rangeEnd(prefix: string): string {
  return `${prefix}0`
}
