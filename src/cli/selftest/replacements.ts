/** In what the plan of the gateway under test differs from the bundle's: nothing may that is not in this table. */
import type { GatewayPlan } from '../../contract/plan.ts'

export type Replacement = {
  readonly what: string
  readonly by: string
  /** JSON pointers (RFC 6901) into the plan. */
  readonly places: readonly string[]
}

const replaceable: readonly { readonly at: RegExp; readonly what: string; readonly by: string }[] = [
  {
    at: /^\/issuers\/\d+\/keys\/\d+\/jwk\//,
    what: 'verification keys of issuers',
    by: 'throw-away keys of the same kinds, with their ids',
  },
  { at: /^\/issuers\/\d+\/fetchedKeys\/service\//, what: 'where key sets are fetched', by: 'a stand-in on this machine' },
  {
    at: /^\/(?:timeouts\/(?:head|bodyIdle|keepAlive|connect)|operations\/\d+\/(?:answerTimeout|exchangeTimeout|bodyIdle)|extensions\/timeout|issuers\/\d+\/introspection\/timeout)$/,
    what: 'bounds of time under a minute',
    by: 'a minute: the machine may be slow',
  },
  { at: /^\/issuers\/\d+\/introspection\/(?:service|credentials)\//, what: 'key managers', by: 'a stand-in on this machine' },
  { at: /^\/issuers\/\d+\/introspection\/cache\/shared/, what: 'answers that gateways share in a Redis', by: 'nothing' },
  {
    at: /^\/apiKeyIssuers\/\d+\/keys\/\d+\/jwk\//,
    what: 'verification keys of API keys',
    by: 'throw-away keys of the same kinds, with their ids',
  },
  { at: /^\/apiKeys\/\d+\/digest\//, what: 'digests of API keys', by: 'those of throw-away keys, of the same kind' },
  { at: /^\/apiKeys\/\d+$/, what: 'API keys', by: 'three more, each bad or poor in one way' },
  { at: /^\/users\/\d+\/password\//, what: 'digests of passwords', by: 'those of throw-away passwords, of the same kind' },
  { at: /^\/users\/\d+$/, what: 'users', by: 'one more, without scopes' },
  { at: /^\/clientCertificates\/authorities\/\d+\/pem$/, what: 'authorities of client certificates', by: 'throw-away authorities' },
  { at: /^\/clientCertificates\/holders\/\d+\/thumbprint$/, what: 'thumbprints of client certificates', by: 'those of throw-away ones' },
  {
    at: /^\/upstreams\/\d+\/(?:url|tls|credential)(?:\/|$)/,
    what: 'addresses of backends, TLS to them, and credentials for them',
    by: 'a stand-in on this machine',
  },
  { at: /^\/trustedProxies\/\d+$/, what: 'trusted proxies', by: 'this command as one more, so that callers have addresses of their own' },
  { at: /^\/settings\/\d+\/default$/, what: 'settings without a default', by: 'a word that nothing uses' },
  { at: /^\/revocation\/snapshot\/\d+$/, what: 'what is revoked', by: 'entries for tests' },
  { at: /^\/revocation\/feeds(?:\/|$)/, what: 'feeds of revocations', by: 'nothing' },
  { at: /^\/revocation\/persist(?:\/|$)/, what: 'the folder of kept revocations', by: 'nothing' },
  { at: /^\/backendToken\/key(?:\/|$)/, what: 'the key of backend tokens', by: 'a throw-away key' },
  {
    at: /^\/throttling\/trafficManager$/,
    what: 'the Traffic Manager that counts for several gateways',
    by: 'nothing: one gateway counts alone',
  },
  { at: /^\/throttling\/store\//, what: 'the Redis that counts for several gateways', by: 'nothing: one gateway counts alone' },
  { at: /^\/operations\/\d+\/maxBody$/, what: 'sizes of bodies over 16 KiB', by: '16 KiB' },
  { at: /^\/throttling\/limits\/\d+\/windows\/\d+\/(?:amount|burst)$/, what: 'amounts of limits', by: 'small ones, where they are large' },
]

/** Throws where something else was changed. */
export function replacementsIn(original: GatewayPlan, replaced: GatewayPlan): readonly Replacement[] {
  const places = new Map<string, string[]>()
  for (const place of differences(original, replaced, '')) {
    const entry = replaceable.find(({ at }) => at.test(place))
    if (entry === undefined) throw new Error(`the plan under test differs at ${place}`)
    places.set(entry.what, [...(places.get(entry.what) ?? []), place])
  }
  return replaceable.flatMap(({ what, by }) => {
    const found = places.get(what)
    return found === undefined ? [] : [{ what, by, places: found }]
  })
}

/** A list or object that is there on one side only, or empty on one, is one difference. */
function differences(before: unknown, after: unknown, place: string): readonly string[] {
  if (Object.is(before, after)) return []
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) return [place]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) =>
    differences(memberOf(before, name), memberOf(after, name), `${place}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function memberOf(tree: object, name: string): unknown {
  return Object.hasOwn(tree, name) ? tree[name as keyof typeof tree] : undefined
}
