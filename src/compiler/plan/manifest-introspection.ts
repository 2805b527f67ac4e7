/** What the manifest says of the key managers that are asked about tokens. */
import type { ManifestIntrospection } from '../../contract/manifest.ts'
import type { Introspection } from '../model/model.ts'
import { manifestTls, writtenSettings } from './manifest-backends.ts'
import { reference } from './source-reference.ts'

export function manifestIntrospection(introspection: Introspection | null): ManifestIntrospection | null {
  if (introspection === null) return null
  const { service, credentials, timeout, lookups, cache, at } = introspection
  return {
    url: writtenSettings(service.url),
    plainHttp: service.plainHttp,
    tls: service.tls === null ? null : manifestTls(service.tls),
    authentication: credentials.kind,
    timeoutMilliseconds: timeout,
    lookups,
    cache: { keepMilliseconds: cache.keep, keepInvalidMilliseconds: cache.keepInvalid },
    at: reference(at),
  }
}
