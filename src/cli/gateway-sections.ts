/** What is in a gateway, in sections of rows: for an overview, and for who signs it off. */
import type { ManifestOperation } from '../contract/manifest/operation.ts'
import type { Manifest } from '../contract/manifest.ts'
import { counted } from './counted.ts'
import { describeSecurity } from './described-credentials.ts'
import { describeChangeOver, describeFetchedKeys, describeValidity } from './described-keys.ts'
import {
  describeBackend,
  describeBytes,
  describeCertificate,
  describeIntrospection,
  describeIssuer,
  describeMilliseconds,
  describeNamedLimits,
  describeOrigins,
} from './described-rules.ts'
import { describeStore } from './described-store.ts'
import { visible } from './formats/text.ts'
import { limitRows } from './limit-rows.ts'
import { describeParticulars } from './operation-particulars.ts'

export type Rows = readonly (readonly string[])[]

/** By title; those that have nothing to say are empty. */
export type GatewaySections = Readonly<Record<string, Rows>>

export function gatewaySections(manifest: Manifest): GatewaySections {
  return {
    Listeners: listeners(manifest),
    APIs: manifest.apis.map((api) => [
      `${api.name} ${api.version}`,
      api.basePath || '/',
      api.definition,
      counted(api.operations, 'operation'),
    ]),
    Operations: manifest.operations.map((operation) => [
      operation.method,
      operation.template,
      describeSecurity(operation),
      certificate(operation),
      describeParticulars(operation, manifest),
      [...new Set([...operation.limits.map(({ tier }) => tier), ...(operation.callerLimits ? ['tiers of callers'] : [])])].join(' + ') ||
        'no limit',
      backends(operation),
      operation.cors === null ? '' : `CORS: ${describeOrigins(operation.cors)}`,
      operation.upgrade === null ? '' : `upgrade to ${operation.upgrade.protocol}`,
    ]),
    Backends: manifest.backends.map((backend) => [String(backend.index), describeBackend(backend) ?? '', backend.at]),
    Limits: limitRows(manifest),
    Counting: counting(manifest),
    Denied: manifest.deny.map(({ conditions, at }) => [conditions.join(' and '), at]),
    Issuers: manifest.issuers.flatMap((issuer) => [
      [describeIssuer(issuer), `audience ${issuer.audiences === 'any' ? 'any' : issuer.audiences.join(', ')}`, issuer.at],
      ...describeFetchedKeys(issuer).map((row) => ['  keys', ...row]),
      ...issuer.keys.map((key) => [`  key ${key.kid ?? 'without id'}`, `${key.type}, ${key.algorithms.join(' ')}`, describeValidity(key)]),
      ...(issuer.introspection === null ? [] : [['  introspection', describeIntrospection(issuer.introspection), issuer.introspection.at]]),
      ...describeChangeOver(issuer.keys).map((line) => ['  rotation', line]),
    ]),
    'Issuers of API keys': manifest.apiKeyIssuers.flatMap((issuer) => [
      [issuer.issuer, issuer.validateAllowedAPIs ? 'the APIs that a key names' : 'all APIs', issuer.at],
      ...issuer.keys.map((key) => [`  key ${key.kid ?? 'without id'}`, `${key.type}, ${key.algorithms.join(' ')}`, describeValidity(key)]),
    ]),
    'API keys': manifest.apiKeys.map(({ id, consumer, scopes, apis, addresses, origins, expires, at }) => [
      id,
      `for ${consumer}`,
      scopes.join(' ') || 'no scopes',
      apis === null ? 'all APIs' : apis.map(visible).join(', '),
      [...addresses, ...origins].join(', ') || 'from anywhere',
      expires === null ? 'no expiry' : `expires ${expires}`,
      at,
    ]),
    Users: manifest.users.map(({ name, digest, scopes, at }) => [visible(name), digest, scopes.join(' ') || 'no scopes', at]),
    Applications: manifest.applications.map(({ id, name, keys, subscriptions, at }) => [
      visible(id),
      visible(name),
      counted(keys.length, 'key'),
      subscriptions
        .map(({ api, version, state }) => `${visible(api)} ${visible(version)}${state === 'active' ? '' : ` (${state})`}`)
        .join(', '),
      at,
    ]),
    Extensions: (manifest.extensions?.modules ?? []).flatMap(({ step, file, digest, imports, at }) => [
      [step, file, digest, at],
      ...imports.map((each) => ['', `  ${each.file}`, each.digest, '']),
    ]),
    Revocation: revocation(manifest),
    'Client certificates': clientCertificates(manifest),
    'Backends are told': told(manifest),
    'Backends’ authorities': authorities(manifest),
    Bounds: bounds(manifest),
    Waivers: manifest.waivers.map(({ rule, pointer, reason, until, at }) => [rule, pointer, reason, `until ${until}`, at]),
    Settings: manifest.settings.map(({ name, required, default: value, usedFor }) => [
      name,
      required ? 'required' : `default ${value}`,
      usedFor.join(', '),
    ]),
    Inputs: manifest.inputs.map(({ file, digest }) => [file, digest]),
  }
}

function listeners({ listeners: { http, https, httpsRequiredBy, admin, trustedProxies, publicOrigins } }: Manifest): string[][] {
  return [
    ['http', port(http)],
    ['https', port(https), `${httpsRequiredBy.length > 0 ? 'required' : 'on with'}: POSTERN_TLS_CERT and POSTERN_TLS_KEY`],
    ...httpsRequiredBy.map((reason) => ['', '', reason]),
    ['admin', port(admin)],
    ['trusted proxies', trustedProxies.join(', ') || 'none'],
    ...(publicOrigins.length === 0 ? [] : [['public origins', publicOrigins.join(', ')]]),
  ]
}

function port(number: number): string {
  return number === 0 ? 'a free port' : `port ${number}`
}

type CertificateHolder = NonNullable<Manifest['clientCertificates']>['holders'][number]

function clientCertificates({ clientCertificates }: Manifest): string[][] {
  if (clientCertificates === null) return []
  const { header, authorities, holders } = clientCertificates
  return [
    ...authorities.map(({ subject, expires, everywhere, at }) => [
      subject,
      `expires ${expires}${everywhere ? '' : ', for holders only'}`,
      at,
    ]),
    ...holders.map((holder) => [holder.id, describeHolder(holder), holder.at]),
    ...(header === null ? [] : [['from trusted proxies', `in ${header}`, '']]),
  ]
}

function describeHolder({ consumer, thumbprint, subject, san, authorities: signers }: CertificateHolder): string {
  const means = [
    thumbprint === null ? null : `SHA-256 ${thumbprint}`,
    subject,
    san,
    signers === null ? null : `signed by ${signers.join(' or ')}`,
  ]
  return `consumer ${consumer}: ${means.filter((each) => each !== null).join(', ')}`
}

function told({ backendToken, consumerFields }: Manifest): string[][] {
  const token =
    backendToken === null
      ? []
      : [
          [
            backendToken.header,
            `a token of ${visible(backendToken.issuer)}, for ${describeMilliseconds(backendToken.lifetimeSeconds * 1000)}, signed with ${backendToken.key}`,
            backendToken.at,
          ],
        ]
  return [...token, ...consumerFields.map(({ name, value }) => [name, visible(value), ''])]
}

/** Nothing where the words for its security say it already, and whose it is. */
function certificate(operation: ManifestOperation): string {
  const described = describeCertificate(operation)
  return described === null || (operation.security.kind === 'certificate' && operation.clientCertificate.holders === null)
    ? ''
    : `certificate ${described}`
}

function backends({ backends: { production, sandbox } }: ManifestOperation): string {
  return [production, ...(sandbox === null ? [] : [sandbox])]
    .map((backend) => describeBackend(backend) ?? 'no production backend')
    .join(', sandbox ')
}

/** Each certificate once, however many backends trust it. */
function authorities(manifest: Manifest): string[][] {
  const backends = manifest.operations.flatMap((operation) => [operation.backends.production, operation.backends.sandbox])
  const rows = backends.flatMap((backend) =>
    (backend?.tls?.authorities ?? []).map(({ subject, expires, at }): [string, string[]] => [at, [subject, `expires ${expires}`, at]]),
  )
  return [...new Map(rows).values()]
}

function revocation({ revocation, operations }: Manifest): readonly (readonly string[])[] {
  if (revocation === null) return []
  const { snapshot, snapshotAt, persist, feeds, denies, onStale, at } = revocation
  return [
    ...(snapshotAt === null ? [] : [['snapshot', `${snapshot} entries`, snapshotAt]]),
    ...feeds.map(({ type, addresses, followed, publishes, at }) => [
      type,
      `${[...addresses, ...(followed === null ? [] : [followed])].map(visible).join(', ')}${publishes ? ', published to' : ''}`,
      at,
    ]),
    ...(denies ? [['deny', 'feeds may deny applications, users, APIs and addresses', at]] : []),
    ...(persist === null ? [] : [['kept in', visible(persist), at]]),
    ...(feeds.length === 0 ? [] : [['when stale', describeOnStale(onStale)], ...ownStaleRules(operations)]),
  ]
}

function describeOnStale({ action, afterMilliseconds }: { readonly action: string; readonly afterMilliseconds: number }): string {
  return `${action} after ${afterMilliseconds / 1000} s`
}

/** Those of definitions, each once. */
function ownStaleRules(operations: Manifest['operations']): readonly (readonly string[])[] {
  const rules = operations.flatMap(({ onStale }) => (onStale === null || onStale.at === null ? [] : [onStale]))
  return [...Map.groupBy(rules, ({ at }) => at)].map(([at, [first, ...others]]) => [
    'when stale',
    `${describeOnStale(first!)}, for ${others.length + 1} of ${operations.length} operations`,
    at!,
  ])
}

/** Where and how much is counted; nothing where nothing is limited. */
function counting({ throttling }: Manifest): Rows {
  if (throttling === null) return []
  const { store, capacity, subscription, application } = throttling
  const tiers = Object.entries({ subscription, application }).flatMap(([level, limits]) =>
    limits === null ? [] : [[`${level} tiers`, describeNamedLimits(limits)]],
  )
  return [...tiers, ['store', describeStore(store)], ['counters', `at most ${capacity}`]]
}

function bounds({ bounds: { maxHead, maxFields, maxTarget, ...counts }, timeouts, errors }: Manifest): Rows {
  const { head, keepAlive, connect, upstreamIdle, upstreamLife } = timeouts
  const time = describeMilliseconds
  return [
    ['requests', `heads up to ${describeBytes(maxHead)} with ${maxFields} fields, targets up to ${describeBytes(maxTarget)}`],
    ['clients', `${counts.maxConnections} connections; a head within ${time(head)}, a rest of ${time(keepAlive)}`],
    [
      'each backend',
      `${counts.maxUpstreamConnections} connections, ${counts.maxUpstreamWaiting} exchanges that wait, ${counts.maxTunnels} tunnels; connected within ${time(connect)}, a rest of ${time(upstreamIdle)}, ${upstreamLife === 0 ? 'any age' : `${time(upstreamLife)} old at the most`}`,
    ],
    ['refusals', errors === 'wso2' ? 'as WSO2 writes them' : 'as RFC 9457 says'],
  ]
}
