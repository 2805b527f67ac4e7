/** `issuers[].keys` as a mapping: keys that are not baked but fetched while the gateway runs. */
import type { SettingText } from '../../contract/plan.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode } from '../source/source-node.ts'
import { type AuthorityFiles, readAuthorityFiles } from './authorities.ts'
import { durationAt } from './duration.ts'
import type { FetchedKeys } from './model.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, fetchedKeysKeys } from './project-keys.ts'
import { parseSettingText, type SettingsCollector } from './setting-text.ts'

const defaultRefresh = 600_000
const shortestRefresh = 10_000
const longestRefresh = 86_400_000

/** What the whole project shares. */
export type SharedFiles = { readonly settings: SettingsCollector; readonly authorities: AuthorityFiles }

/** @param issuer its name; `null` where it could not be read. */
export function readFetchedKeys(node: ObjectNode, issuer: string | null, shared: SharedFiles, access: NodeAccess): FetchedKeys | null {
  checkProjectKeys(node, fetchedKeysKeys, access)
  const url = access.required(node, 'url', (value) => {
    const text = placedText(value, access)
    return text === null ? null : readUrl(text, issuer, shared.settings, access)
  })
  const refresh = access.optional(node, 'refresh', (value) => durationAt(value, shortestRefresh, longestRefresh, access))
  const authorities = access.optional(node, 'authorities', (value) => readAuthorityFiles(value, shared.authorities, access))
  // Node's own authorities must not take the place of some that could not be read.
  if (url === null || (authorities === null && entry(node, 'authorities') !== null)) return null
  return { url, refresh: refresh ?? defaultRefresh, authorities: authorities ?? [], at: node.at }
}

function readUrl(
  { value, at }: { readonly value: string; readonly at: FetchedKeys['at'] },
  issuer: string | null,
  settings: SettingsCollector,
  { diagnostics }: NodeAccess,
): { readonly value: SettingText; readonly at: FetchedKeys['at'] } | null {
  const text = parseSettingText(value, at, `keys of ${issuer ?? 'an issuer'}`, settings, diagnostics)
  return text === null ? null : { value: text, at }
}
