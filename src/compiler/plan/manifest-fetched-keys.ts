/** What the manifest says of keys that are fetched while the gateway runs. */
import { jwtAlgorithms } from '../../contract/key-rules.ts'
import type { ManifestFetchedKeys } from '../../contract/manifest/issuer.ts'
import type { FetchedKeys, Issuer } from '../model/types/issuer.ts'
import { manifestTls } from './manifest-backends.ts'
import { reference } from './source-reference.ts'
import { writtenSettings } from './written-settings.ts'

export function manifestFetchedKeys({ service, refresh, at }: FetchedKeys, algorithms: Issuer['algorithms']): ManifestFetchedKeys {
  return {
    url: writtenSettings(service.url),
    plainHttp: service.plainHttp,
    tls: service.tls === null ? null : manifestTls(service.tls),
    refreshSeconds: refresh / 1000,
    algorithms: algorithms ?? jwtAlgorithms,
    at: reference(at),
  }
}
