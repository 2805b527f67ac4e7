/** What the manifest says of backends: as written, with settings by name. */
import type { ManifestBackend, ManifestBackendCredential } from '../../contract/manifest/backend.ts'
import type { ManifestClient } from '../../contract/manifest/client-authentication.ts'
import type { ManifestBackendTls } from '../../contract/manifest/tls.ts'
import type { ClientAuthenticationPlan } from '../../contract/plan/client-authentication.ts'
import type { Backend, BackendCredential, BackendTls } from '../model/types/backend.ts'
import type { Placed } from '../model/types/placed.ts'
import type { Decisions } from './make-plan.ts'
import { manifestAuthorities } from './manifest-certificates.ts'
import { reference } from './source-reference.ts'
import { writtenSettings } from './written-settings.ts'

/** All of them, each at its index in the plan, with the first place that names it. */
export function manifestBackends({ plan, operations }: Decisions): readonly ManifestBackend[] {
  const backends: ManifestBackend[] = []
  for (const [index, { operation }] of operations.entries()) {
    const { production, sandbox } = plan.operations[index]!
    for (const backend of [manifestBackend(operation.production, production), manifestBackend(operation.sandbox, sandbox)]) {
      if (backend !== null) backends[backend.index] ??= backend
    }
  }
  return backends
}

export function manifestBackend(backend: Placed<Backend> | null, plan: { readonly upstream: number } | null): ManifestBackend | null {
  if (backend === null || plan === null) return null
  const { url, http, tls, credential } = backend.value
  return {
    index: plan.upstream,
    url: writtenSettings(url),
    http,
    tls: tls === null ? null : manifestTls(tls),
    credential: credential === null ? null : manifestCredential(credential),
    at: reference(backend.at),
  }
}

/** Secrets are settings, which stand here by their names. */
function manifestCredential({ plan, tls, at }: BackendCredential): ManifestBackendCredential {
  const place = { at: reference(at) }
  switch (plan.kind) {
    case 'basic':
      return { kind: plan.kind, user: writtenSettings(plan.user), password: writtenSettings(plan.password), ...place }
    case 'digest':
      return {
        kind: plan.kind,
        user: writtenSettings(plan.user),
        password: writtenSettings(plan.password),
        algorithms: plan.algorithms,
        ...place,
      }
    case 'api-key':
      return { kind: plan.kind, in: plan.in, name: plan.name, key: writtenSettings(plan.key), ...place }
    case 'client-credentials': {
      const { kind, service, client, scopes, audience } = plan
      const endpoint = { url: writtenSettings(service.url), plainHttp: service.plainHttp, tls: tls === null ? null : manifestTls(tls) }
      return { kind, ...endpoint, client: manifestClient(client), scopes, audience, ...place }
    }
  }
}

/** Secrets stand as the names of their settings. */
export function manifestClient(client: ClientAuthenticationPlan): ManifestClient {
  const known = { authentication: client.kind, id: writtenSettings(client.clientId), proof: null, keyId: null, audience: null }
  switch (client.kind) {
    case 'basic':
    case 'post':
      return { ...known, proof: writtenSettings(client.clientSecret) }
    case 'private_key_jwt': {
      const { keyFile, keyId, audience } = client
      return { ...known, proof: writtenSettings(keyFile), keyId, audience: writtenSettings(audience) }
    }
    case 'tls':
      return known
  }
}

export function manifestTls({ authorities, clientCertificate, serverName }: BackendTls): ManifestBackendTls {
  return {
    authorities: manifestAuthorities(authorities),
    clientCertificate:
      clientCertificate === null
        ? null
        : { certificate: writtenSettings(clientCertificate.certificate), key: writtenSettings(clientCertificate.key) },
    serverName,
  }
}
