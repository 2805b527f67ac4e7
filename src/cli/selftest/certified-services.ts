/** Whom the gateway itself asks, as certified and as planned: where they are, whose certificates they may show, and as what it comes there. */
import type { Json } from '../../compiler/plan/canonical.ts'
import { manifestClient } from '../../compiler/plan/manifest-backends.ts'
import { writtenSettings } from '../../compiler/plan/written-settings.ts'
import type { ManifestAuthority } from '../../contract/manifest/authority.ts'
import type { ManifestBackend, ManifestBackendCredential } from '../../contract/manifest/backend.ts'
import type { ManifestClient } from '../../contract/manifest/client-authentication.ts'
import type { ManifestIntrospection } from '../../contract/manifest/introspection.ts'
import type { ManifestFetchedKeys } from '../../contract/manifest/issuer.ts'
import type { ManifestBackendTls } from '../../contract/manifest/tls.ts'
import type { BackendCredentialPlan } from '../../contract/plan/backend-credential.ts'
import type { ClientAuthenticationPlan } from '../../contract/plan/client-authentication.ts'
import type { IntrospectionPlan } from '../../contract/plan/introspection.ts'
import type { FetchedKeysPlan } from '../../contract/plan/keys.ts'
import type { ServicePlan } from '../../contract/plan/service.ts'
import type { BackendTlsPlan } from '../../contract/plan/tls.ts'
import type { UpstreamPlan } from '../../contract/plan/upstream.ts'
import { thumbprintOf } from './client-certificates.ts'

export function certifiedAuthorities(authorities: readonly ManifestAuthority[]): Json {
  return authorities.map(({ fingerprint }) => fingerprint)
}

/** `authorities`: PEM, one certificate each. */
export function plannedAuthorities(authorities: readonly string[]): Json {
  return authorities.map((pem) => thumbprintOf(pem).toString('hex'))
}

export function certifiedBackend({ url, http, tls, credential }: ManifestBackend): Json {
  return [url, http, certifiedTls(tls), credential === null ? null : certifiedCredential(credential)]
}

export function plannedBackend({ url, http, tls, credential }: UpstreamPlan): Json {
  return [writtenSettings(url), http, plannedTls(tls), credential === null ? null : plannedCredential(credential)]
}

export function certifiedKeySet(keys: ManifestFetchedKeys | null): Json {
  return keys === null ? null : [...certifiedService(keys), keys.refreshSeconds, keys.algorithms]
}

export function plannedKeySet(keys: FetchedKeysPlan | null): Json {
  return keys === null ? null : [...plannedService(keys.service), keys.refresh / 1000, keys.algorithms]
}

export function certifiedIntrospection(asked: ManifestIntrospection | null): Json {
  if (asked === null) return null
  const { client, timeoutMilliseconds, lookups, cache } = asked
  const { keepMilliseconds, keepInvalidMilliseconds, shared } = cache
  return [
    ...certifiedService(asked),
    certifiedClient(client),
    timeoutMilliseconds,
    lookups,
    keepMilliseconds,
    keepInvalidMilliseconds,
    shared === null ? null : [shared.url, shared.plainTcp, certifiedAuthorities(shared.authorities), shared.secret],
  ]
}

export function plannedIntrospection(asked: IntrospectionPlan | null): Json {
  if (asked === null) return null
  const { service, credentials, timeout, lookups, cache } = asked
  const { keep, keepInvalid, shared } = cache
  return [
    ...plannedService(service),
    plannedClient(credentials),
    timeout,
    lookups,
    keep,
    keepInvalid,
    shared === null
      ? null
      : [writtenSettings(shared.url), shared.plainTcp, plannedAuthorities(shared.authorities), writtenSettings(shared.secret)],
  ]
}

type CertifiedService = { readonly url: string; readonly plainHttp: boolean; readonly tls: ManifestBackendTls | null }

function certifiedService({ url, plainHttp, tls }: CertifiedService): readonly Json[] {
  return [url, plainHttp, certifiedTls(tls)]
}

function plannedService({ url, plainHttp, tls }: ServicePlan): readonly Json[] {
  return [writtenSettings(url), plainHttp, plannedTls(tls)]
}

function certifiedTls(tls: ManifestBackendTls | null): Json {
  return tls === null ? null : [certifiedAuthorities(tls.authorities), tls.clientCertificate, tls.serverName]
}

function plannedTls(tls: BackendTlsPlan | null): Json {
  if (tls === null) return null
  const { authorities, clientCertificate: own, serverName } = tls
  const shown = own === null ? null : { certificate: writtenSettings(own.certificate), key: writtenSettings(own.key) }
  return [plannedAuthorities(authorities), shown, serverName]
}

function certifiedClient({ authentication, id, proof, keyId, audience }: ManifestClient): Json {
  return [authentication, id, proof, keyId, audience]
}

function plannedClient(client: ClientAuthenticationPlan): Json {
  return certifiedClient(manifestClient(client))
}

function certifiedCredential(credential: ManifestBackendCredential): Json {
  switch (credential.kind) {
    case 'basic':
      return [credential.kind, credential.user, credential.password]
    case 'digest':
      return [credential.kind, credential.user, credential.password, credential.algorithms]
    case 'api-key':
      return [credential.kind, credential.in, credential.name, credential.key]
    case 'client-credentials':
      return [credential.kind, ...certifiedService(credential), certifiedClient(credential.client), credential.scopes, credential.audience]
  }
}

function plannedCredential(credential: BackendCredentialPlan): Json {
  switch (credential.kind) {
    case 'basic':
      return [credential.kind, writtenSettings(credential.user), writtenSettings(credential.password)]
    case 'digest':
      return [credential.kind, writtenSettings(credential.user), writtenSettings(credential.password), credential.algorithms]
    case 'api-key':
      return [credential.kind, credential.in, credential.name, writtenSettings(credential.key)]
    case 'client-credentials': {
      const { kind, service, client, scopes, audience } = credential
      return [kind, ...plannedService(service), plannedClient(client), scopes, audience]
    }
  }
}
