/** What no request of this command shows, wherever a gateway has it: said each time, so that nobody takes it for tested. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { Outcome } from './outcome.ts'

type Gap = { readonly test: string; readonly why: string; readonly has: (manifest: Manifest) => boolean }

const gaps: readonly Gap[] = [
  { test: 'content types and bodies', why: 'the gateway does not look at them', has: () => true },
  { test: 'HTTP/2 and gRPC of clients', why: 'requests are sent in HTTP/1.1, which both are read as', has: () => true },
  { test: 'timeouts, and connections that rest', why: 'nothing waits that long here', has: () => true },
  {
    test: 'TLS to backends',
    why: 'the stand-in is reached in the clear',
    has: ({ backends }) => backends.some(({ tls, url }) => tls !== null || url.startsWith('https:')),
  },
  {
    test: 'the gateway’s own tokens and digests for backends',
    why: 'nobody here gives them out',
    has: ({ backends }) => backends.some(({ credential }) => credential?.kind === 'client-credentials' || credential?.kind === 'digest'),
  },
  {
    test: 'which fields of proxies are believed',
    why: 'this command is a trusted proxy itself',
    has: ({ listeners, clientCertificates }) => listeners.trustedProxies.length > 0 || (clientCertificates?.header ?? null) !== null,
  },
  {
    test: 'feeds of revocations',
    why: 'they are replaced by entries that are known from the start',
    has: ({ revocation }) => (revocation?.feeds.length ?? 0) > 0,
  },
  { test: 'kept revocations', why: 'there is no folder for them', has: ({ revocation }) => (revocation?.persist ?? null) !== null },
  {
    test: 'several gateways that count together',
    why: 'one counts alone here',
    has: ({ throttling }) => throttling !== null && throttling.store !== 'local',
  },
  {
    test: 'answers about tokens that gateways share',
    why: 'the Redis is replaced by nothing',
    has: ({ issuers }) => issuers.some(({ introspection }) => (introspection?.cache.shared ?? null) !== null),
  },
  { test: 'requests in flight', why: 'operations are tested one request at a time', has: some(({ concurrency }) => concurrency !== null) },
  { test: 'frames of tunnels', why: 'a tunnel is opened and closed again', has: some(({ upgrade }) => upgrade !== null) },
  { test: 'preflights of browsers', why: 'only the answers to pages are looked at', has: some(({ cors }) => cors !== null) },
  {
    test: 'what backends are told of callers',
    why: 'it is not read here',
    has: some(({ identity }) => identity.token || identity.fields),
  },
]

function some(matches: (operation: ManifestOperation) => boolean): (manifest: Manifest) => boolean {
  return ({ operations }) => operations.some(matches)
}

export function notTriedAtAll(manifest: Manifest): readonly Outcome[] {
  return gaps.filter(({ has }) => has(manifest)).map(({ test, why }) => ({ kind: 'not-tried', test, why }))
}
