/** Whose tokens and API keys are believed. */
import type { ManifestIntrospection, ManifestSharedCache } from '../../../contract/manifest/introspection.ts'
import type { ManifestFetchedKeys, ManifestIssuer } from '../../../contract/manifest/issuer.ts'
import type { Manifest } from '../../../contract/manifest.ts'
import { describeMilliseconds } from '../../described-rules.ts'
import { all, type Compare, differ, members, named, optional } from '../comparison.ts'
import { allowed, amount, another, changed, ending, flag, isAny, listed, place, written } from '../leaves.ts'
import { authorities, tls } from './authorities.ts'
import { client } from './backends.ts'

type Key = ManifestIssuer['keys'][number]

const algorithms = listed({ what: 'the algorithm', added: 'weakening', gone: 'breaking' })
const clockSkew = amount({ what: 'the clock skew that is allowed, in seconds,', raised: 'weakening', lowered: 'breaking' })
const baseUrl = (what: string): Compare<string> => changed('weakening', `the address of ${what}`)
const plain = (what: string): Compare<boolean> =>
  flag(['weakening', `${what} may be reached without TLS`], ['harmless', `${what} is reached by TLS`])

/** A key is known by its thumbprint (RFC 7638). */
const keys: Compare<readonly Key[]> = named<Key>({
  key: ({ thumbprint }) => thumbprint,
  added: (key) => ['weakening', `${described(key)} is new: what it has signed is believed`],
  gone: (key) => ['breaking', `${described(key)} is gone: what it has signed is refused`],
  both: members<Key>({
    kid: changed('breaking', 'the id of the key'),
    type: changed('weakening', 'the type of the key'),
    algorithms,
    thumbprint: changed('weakening', 'the key'),
    begins: another('harmless', 'the certificate of the key begins at another time'),
    expires: ending('the key', 'weakening', 'breaking'),
  }),
})

function described({ kid, type, thumbprint }: Key): string {
  return `the key ${kid === null ? `with the thumbprint ${written(thumbprint)}` : written(kid)} (${type})`
}

const fetchedKeys: Compare<ManifestFetchedKeys | null> = optional(
  ({ url }) => ['weakening', `keys are fetched from ${url} while the gateway runs, and were baked`],
  () => ['breaking', 'keys are baked, and were fetched while the gateway ran: those that are not baked are refused'],
  members<ManifestFetchedKeys>({
    url: baseUrl('the keys'),
    plainHttp: plain('the address of the keys'),
    tls: tls('who gives out the keys'),
    refreshSeconds: amount({ what: 'the time after which keys are fetched again, in seconds,', raised: 'weakening', lowered: 'harmless' }),
    algorithms,
    at: place,
  }),
)

const shared: Compare<ManifestSharedCache | null> = optional(
  ({ url }) => ['weakening', `answers about tokens are shared through ${url}`],
  () => ['harmless', 'answers about tokens are shared no more'],
  members<ManifestSharedCache>({
    url: baseUrl('shared answers'),
    plainTcp: plain('the store of shared answers'),
    authorities: authorities('the store of shared answers'),
    secret: changed('weakening', 'the secret that seals shared answers'),
    timeoutMilliseconds: another('harmless', 'the time in which the store of shared answers must answer is another'),
  }),
)

const introspection: Compare<ManifestIntrospection | null> = optional(
  ({ url }) => ['weakening', `the key manager is asked about tokens: ${url}`],
  () => ['breaking', 'the key manager is asked about tokens no more: opaque ones are refused'],
  members<ManifestIntrospection>({
    url: baseUrl('the key manager'),
    plainHttp: plain('the key manager'),
    tls: tls('the key manager'),
    client: client('to the key manager'),
    timeoutMilliseconds: another('harmless', 'the time in which the key manager must answer is another'),
    lookups: amount({ what: 'the number of open questions to the key manager', raised: 'capacity', lowered: 'breaking' }),
    cache: members<ManifestIntrospection['cache']>({
      mode: changed('weakening', 'how answers about tokens are remembered'),
      keepMilliseconds: amount({
        what: 'the time for which a good answer counts',
        raised: 'weakening',
        lowered: 'capacity',
        write: describeMilliseconds,
      }),
      keepInvalidMilliseconds: amount({
        what: 'the time for which a bad answer counts',
        raised: 'breaking',
        lowered: 'capacity',
        write: describeMilliseconds,
      }),
      shared,
    }),
    at: place,
  }),
)

const claim = (what: string): Compare<string> => changed('weakening', `the claim that says the ${what}`)

const bound = (what: string): Compare<boolean> =>
  flag(['weakening', `tokens that are bound to a ${what} are accepted`], ['breaking', `tokens that are bound to a ${what} are refused`])

const namedIssuers: Compare<readonly ManifestIssuer[]> = named({
  key: ({ issuer }) => issuer,
  of: ({ issuer }) => `issuer ${issuer}`,
  added: () => ['weakening', 'the issuer is new: its tokens are believed'],
  gone: () => ['breaking', 'the issuer is gone: its tokens are refused'],
  both: members<ManifestIssuer>({
    issuer: changed('weakening', 'the name of the issuer'),
    audiences: allowed(isAny, { what: 'the audience', added: 'weakening', gone: 'breaking' }),
    at: place,
    clockSkewSeconds: clockSkew,
    claims: members<ManifestIssuer['claims']>({
      scope: claim('scopes'),
      subject: claim('subject'),
      client: claim('client'),
      application: claim('application'),
      keyType: claim('type of key'),
    }),
    profile: (before, after, where) => {
      if (before === after) return []
      return after === 'at+jwt'
        ? differ(['breaking', 'tokens must be what RFC 9068 says'], where)
        : differ(['weakening', 'tokens need not be what RFC 9068 says any more'], where)
    },
    senderConstrained: members<ManifestIssuer['senderConstrained']>({
      certificate: bound('certificate'),
      dpop: bound('key'),
      required: flag(
        ['breaking', 'every token must be bound to its sender'],
        ['weakening', 'tokens need not be bound to their sender any more'],
      ),
    }),
    fetchedKeys,
    introspection,
    keys,
  }),
})

/** Conditions tell consumers of issuers apart by the issuers' places. */
const places: Compare<readonly ManifestIssuer[]> = (before, after, where) => {
  const { manifests } = where
  if (![manifests.before, manifests.after].some(namesConsumers)) return []
  const was = new Map(before.map(({ issuer }, index) => [issuer, index]))
  return after.flatMap(({ issuer, at }, index) => {
    const old = was.get(issuer)
    return old === undefined || old === index
      ? []
      : differ(['weakening', `in conditions it has the number ${index}, and had ${old}: they mean consumers of another issuer`], {
          ...where,
          of: `issuer ${issuer}`,
          before: null,
          after: at,
        })
  })
}

function namesConsumers({ deny, throttling, operations }: Manifest): boolean {
  const limits = operations.flatMap((operation) => operation.limits)
  return [...deny, ...(throttling?.custom ?? []), ...limits].some(({ conditions }) =>
    conditions.some((each) => /^(?:not )?consumer /.test(each)),
  )
}

export const issuers: Compare<readonly ManifestIssuer[]> = all(namedIssuers, places)

export const apiKeyIssuers: Compare<Manifest['apiKeyIssuers']> = named<Manifest['apiKeyIssuers'][number]>({
  key: ({ issuer }) => issuer,
  of: ({ issuer }) => `issuer of API keys ${issuer}`,
  added: () => ['weakening', 'the issuer of API keys is new: what it signs is believed'],
  gone: () => ['breaking', 'the issuer of API keys is gone: what it has signed is refused'],
  both: members<Manifest['apiKeyIssuers'][number]>({
    issuer: changed('weakening', 'the name of the issuer'),
    at: place,
    clockSkewSeconds: clockSkew,
    validateAllowedAPIs: flag(
      ['breaking', 'a key opens the APIs that it names only'],
      ['weakening', 'a key opens all APIs, and not those that it names only'],
    ),
    typed: flag(
      ['breaking', 'only what says that it is an API key is one'],
      ['weakening', 'what does not say that it is an API key may be one'],
    ),
    keys,
  }),
})
