/** What the manifest says of the key managers that are asked about tokens. */
import type { ManifestIntrospection, ManifestSharedCache } from '../../contract/manifest/introspection.ts'
import type { Introspection, IntrospectionCache } from '../model/types/introspection.ts'
import { manifestClient, manifestTls } from './manifest-backends.ts'
import { manifestAuthorities } from './manifest-certificates.ts'
import { reference } from './source-reference.ts'
import { writtenSettings } from './written-settings.ts'

/** `hasFeed`: revocations are told while the gateway runs. */
export function manifestIntrospection(introspection: Introspection | null, hasFeed: boolean): ManifestIntrospection | null {
  if (introspection === null) return null
  const { service, credentials, timeout, lookups, cache, at } = introspection
  return {
    url: writtenSettings(service.url),
    plainHttp: service.plainHttp,
    tls: service.tls === null ? null : manifestTls(service.tls),
    client: manifestClient(credentials),
    timeoutMilliseconds: timeout,
    lookups,
    cache: {
      mode: cache.mode?.value ?? (hasFeed ? 'invalidated' : 'local'),
      keepMilliseconds: cache.keep,
      keepInvalidMilliseconds: cache.keepInvalid,
      shared: cache.shared === null ? null : manifestShared(cache.shared),
    },
    at: reference(at),
  }
}

function manifestShared({ url, plainTcp, authorities, secret, timeout }: NonNullable<IntrospectionCache['shared']>): ManifestSharedCache {
  return {
    url: writtenSettings(url),
    plainTcp,
    authorities: manifestAuthorities(authorities),
    secret: writtenSettings(secret),
    timeoutMilliseconds: timeout,
  }
}
