/** What the manifest says of keys that are fetched while the gateway runs. */
import { jwtAlgorithms } from '../../contract/key-rules.ts'
import type { ManifestFetchedKeys } from '../../contract/manifest.ts'
import type { FetchedKeys, Issuer } from '../model/model.ts'
import { writtenSettings } from './manifest-backends.ts'
import { reference } from './source-reference.ts'

export function manifestFetchedKeys({ url, refresh, authorities, at }: FetchedKeys, algorithms: Issuer['algorithms']): ManifestFetchedKeys {
  return {
    url: writtenSettings(url.value),
    refreshSeconds: refresh / 1000,
    algorithms: algorithms ?? jwtAlgorithms,
    authorities: authorities.map(({ subject, notAfter, at: authorityAt }) => ({
      subject,
      expires: new Date(notAfter * 1000).toISOString(),
      at: reference(authorityAt),
    })),
    at: reference(at),
  }
}
