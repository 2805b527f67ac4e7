/**
 * The manifest: the plan once more, for people and tools, with the file and line that each thing comes from. Settings stand as
 * `${NAME}`; no value of a setting is known here.
 */
import { calculateJwkThumbprint } from 'jose'
import type { CapabilityName } from '../../contract/capabilities.ts'
import type { ManifestCors } from '../../contract/manifest/cors.ts'
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { SourceReference } from '../../contract/manifest/source-reference.ts'
import type { ManifestUpgrade } from '../../contract/manifest/upgrade.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { minimumNodeMajor } from '../../contract/version.ts'
import type { Project } from '../model/model.ts'
import type { Api } from '../model/types/api.ts'
import type { ApiKeyIssuer } from '../model/types/api-key.ts'
import type { Issuer, IssuerKey } from '../model/types/issuer.ts'
import type { Operation, Upgrade } from '../model/types/operation.ts'
import type { Placed } from '../model/types/placed.ts'
import type { Security } from '../model/types/security.ts'
import type { Decisions } from './make-plan.ts'
import { manifestBackend, manifestBackends } from './manifest-backends.ts'
import { manifestClientCertificates, manifestHolders } from './manifest-certificates.ts'
import { manifestExtensions } from './manifest-extensions.ts'
import { manifestFetchedKeys } from './manifest-fetched-keys.ts'
import { manifestIdentity, manifestTelling } from './manifest-identity.ts'
import { manifestIntrospection } from './manifest-introspection.ts'
import { manifestConcurrency, manifestLimits, manifestThrottling } from './manifest-limits.ts'
import { manifestOnStale, manifestRevocation } from './manifest-revocation.ts'
import { manifestSecurity } from './manifest-security.ts'
import { manifestApplications, manifestSubscription } from './manifest-subscriptions.ts'
import type { OrderedOperation } from './ordered-operations.ts'
import { optionalReference, reference } from './source-reference.ts'
import { writtenCondition } from './written-condition.ts'

/** What the manifest says beyond project and plan. */
export type BundleFacts = {
  readonly compiler: Manifest['compiler']
  readonly inputs: Manifest['inputs']
  readonly capabilities: readonly CapabilityName[]
  readonly files: Manifest['files']
}

/** The manifest without its digest, which is known only when the gateway is written. */
export async function makeManifest(project: Project, decisions: Decisions, facts: BundleFacts): Promise<Manifest> {
  const { plan } = decisions
  return {
    digest: '',
    format: 1,
    name: plan.name,
    version: plan.version,
    compiler: facts.compiler,
    node: `>=${minimumNodeMajor}`,
    inputs: facts.inputs.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    capabilities: facts.capabilities,
    listeners: {
      http: plan.listen.http,
      https: plan.listen.https,
      httpsRequiredBy: plan.listen.httpsRequiredBy,
      admin: plan.listen.admin,
      trustedProxies: plan.trustedProxies,
      publicOrigins: plan.publicOrigins,
    },
    errors: plan.errors,
    bounds: plan.limits,
    timeouts: plan.timeouts,
    waivers: project.waivers.map(({ at, ...waiver }) => ({ ...waiver, at: reference(at) })),
    settings: plan.settings.map(({ name, default: value, usedFor }) => ({ name, required: value === null, default: value, usedFor })),
    apis: project.apis.map((api) => ({
      name: api.title,
      version: api.version,
      basePath: api.basePath.value,
      basePathAt: reference(api.basePath.at),
      definition: api.definition,
      operations: api.operations.length,
    })),
    issuers: await Promise.all(project.issuers.map((issuer) => manifestIssuer(issuer, (project.revocation?.feeds ?? []).length > 0))),
    apiKeys: manifestApiKeys(project, plan),
    apiKeyIssuers: await Promise.all(
      plan.apiKeyIssuers.map(({ typed }, index) => manifestApiKeyIssuer(project.apiKeyIssuers[index]!, typed)),
    ),
    users: manifestUsers(project, plan),
    applications: manifestApplications(project, plan),
    extensions: manifestExtensions(project, plan),
    revocation: manifestRevocation(project, plan),
    ...manifestTelling(project),
    clientCertificates: manifestClientCertificates(project, plan),
    throttling: manifestThrottling(decisions, project),
    deny: project.deny.map(({ conditions, at }) => ({ conditions: conditions.map(writtenCondition), at: reference(at) })),
    backends: manifestBackends(decisions),
    operations: plan.operations.map((operation, index) => manifestOperation(operation, decisions.operations[index]!, decisions, project)),
    files: facts.files,
  }
}

/** The text of manifest.json. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function manifestOperation(
  plan: OperationPlan,
  { api, operation }: OrderedOperation,
  decisions: Decisions,
  project: Project,
): ManifestOperation {
  return {
    api: api.title,
    id: plan.id,
    method: plan.method,
    template: plan.template,
    at: reference(operation.at),
    parameters: operation.parameters.map(({ at, ...parameter }) => ({ ...parameter, at: reference(at) })),
    security: manifestSecurity(plan, operation, decisions),
    clientCertificate: {
      asked: plan.certificate,
      at: certificateAskedAt(plan, api, operation.security),
      ...manifestHolders(plan, operation, decisions),
    },
    extensions: plan.extensions,
    subscription: manifestSubscription(plan, api, decisions.plan),
    transport: { kind: plan.transport, at: optionalReference(api.transport?.at ?? null) },
    limits: manifestLimits(plan, { api, operation }, decisions, project),
    callerLimits: plan.callerLimits,
    concurrency: manifestConcurrency(api),
    backends: {
      production: manifestBackend(operation.production, plan.production),
      sandbox: manifestBackend(operation.sandbox, plan.sandbox),
    },
    maxBody: { bytes: operation.maxBody.value, at: optionalReference(operation.maxBody.at) },
    timeouts: {
      answerMilliseconds: operation.answerTimeout.value,
      answerAt: optionalReference(operation.answerTimeout.at),
      exchangeMilliseconds: operation.exchangeTimeout.value,
      exchangeAt: optionalReference(operation.exchangeTimeout.at),
      bodyIdleMilliseconds: plan.bodyIdle,
      streamIdleMilliseconds: plan.streamIdle,
      idleAt: optionalReference(operation.idle?.at ?? null),
    },
    identity: manifestIdentity(plan, operation, project),
    upgrade: manifestUpgrade(operation.upgrade),
    cors: manifestCors(plan, operation, decisions),
    onStale: manifestOnStale(plan, operation, decisions.plan),
    keyManager: plan.keyManager === null ? null : { ...plan.keyManager, issuer: decisions.plan.issuers[plan.keyManager.issuer]!.issuer },
  }
}

function manifestApiKeys({ apiKeys }: Project, plan: GatewayPlan): Manifest['apiKeys'] {
  return (plan.apiKeys.length === 0 ? [] : (apiKeys ?? [])).map(
    ({ id, digest, consumer, tier, scopes, apis, addresses, origins, expiresAt, at }) => ({
      id,
      digest: digest.kind,
      consumer,
      tier: tier?.value ?? null,
      scopes,
      apis: apis === null ? null : apis.map(({ value }) => value),
      addresses,
      origins,
      expires: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      at: reference(at),
    }),
  )
}

function manifestUsers({ users }: Project, plan: GatewayPlan): Manifest['users'] {
  return (plan.users.length === 0 ? [] : (users ?? [])).map(({ name, password, scopes, at }) => ({
    name,
    digest: password.kind,
    scopes,
    at: reference(at),
  }))
}

/** The whole API's word comes first, as it holds whatever an operation says. */
function certificateAskedAt({ certificate }: OperationPlan, { mutualTls }: Api, security: Security): SourceReference | null {
  return certificate === 'unused' ? null : reference(mutualTls?.at ?? security.at)
}

function manifestUpgrade(upgrade: Placed<Upgrade> | null): ManifestUpgrade | null {
  if (upgrade === null) return null
  const { protocol, idle, life, tokenProtocol, maxFrame, limit, perConsumer } = upgrade.value
  return {
    protocol,
    idleMilliseconds: idle,
    lifeMilliseconds: life,
    tokenProtocol,
    maxFrameBytes: maxFrame === 0 ? null : maxFrame,
    limit: limit === null ? null : { frames: limit.frames, bytes: limit.bytes, perMilliseconds: limit.per },
    perConsumer,
    at: reference(upgrade.at),
  }
}

function manifestCors({ cors }: OperationPlan, operation: Operation, { plan }: Decisions): ManifestCors | null {
  if (cors === null || operation.cors === null) return null
  const { origins, headers, expose, credentials, maxAge } = plan.cors[cors]!
  return { origins, headers, expose, credentials, maxAgeSeconds: maxAge, at: reference(operation.cors.at) }
}

async function manifestIssuer(issuer: Issuer, hasFeed: boolean): Promise<ManifestIssuer> {
  const { certificate = false, dpop = false, required = false } = issuer.senderConstrained ?? {}
  return {
    issuer: issuer.issuer,
    audiences: issuer.audiences,
    at: reference(issuer.at),
    clockSkewSeconds: issuer.clockSkew,
    claims: issuer.claims,
    profile: issuer.profile,
    senderConstrained: { certificate, dpop, required },
    fetchedKeys: issuer.fetchedKeys === null ? null : manifestFetchedKeys(issuer.fetchedKeys, issuer.algorithms),
    introspection: manifestIntrospection(issuer.introspection, hasFeed),
    keys: await Promise.all(issuer.keys.map(manifestKey)),
  }
}

async function manifestApiKeyIssuer(
  { issuer, at, clockSkew, confined, keys }: ApiKeyIssuer,
  typed: boolean,
): Promise<Manifest['apiKeyIssuers'][number]> {
  return {
    issuer,
    at: reference(at),
    clockSkewSeconds: clockSkew,
    validateAllowedAPIs: confined,
    typed,
    keys: await Promise.all(keys.map(manifestKey)),
  }
}

async function manifestKey({ kid, jwk, algorithms, notBefore, notAfter }: IssuerKey): Promise<ManifestIssuer['keys'][number]> {
  return {
    kid,
    type: keyType(jwk),
    algorithms,
    thumbprint: await calculateJwkThumbprint(jwk),
    begins: notBefore === null ? null : new Date(notBefore * 1000).toISOString(),
    expires: notAfter === null ? null : new Date(notAfter * 1000).toISOString(),
  }
}

/** `RSA 2048`, `EC P-256`, `OKP Ed25519`. */
function keyType(jwk: IssuerKey['jwk']): string {
  if (jwk.kty !== 'RSA') return `${jwk.kty} ${jwk.crv}`
  const modulus = Buffer.from(jwk.n ?? '', 'base64url')
  return `RSA ${modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24}`
}
