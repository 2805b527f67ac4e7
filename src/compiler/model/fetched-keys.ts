/** `issuers[].keys` as a mapping: keys that are not baked but fetched while the gateway runs. */
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode } from '../source/source-node.ts'
import type { AuthorityFiles } from './authorities.ts'
import { durationAt } from './duration.ts'
import { checkProjectKeys, fetchedKeysKeys } from './project-keys.ts'
import { readService } from './service.ts'
import type { SettingsCollector } from './setting-text.ts'
import type { FetchedKeys } from './types/issuer.ts'

const defaultRefresh = 600_000
const shortestRefresh = 10_000
const longestRefresh = 86_400_000

/** What the whole project shares. */
export type SharedFiles = { readonly settings: SettingsCollector; readonly authorities: AuthorityFiles }

/** @param issuer whose keys they are, for people. */
export function readFetchedKeys(node: ObjectNode, issuer: string, shared: SharedFiles, access: NodeAccess): FetchedKeys | null {
  checkProjectKeys(node, fetchedKeysKeys, access)
  const service = readService(node, { ...shared, access, usedFor: `keys of ${issuer}` })
  const refresh = access.optional(node, 'refresh', (value) => durationAt(value, shortestRefresh, longestRefresh, access))
  return service === null ? null : { service, refresh: refresh ?? defaultRefresh, at: node.at }
}
