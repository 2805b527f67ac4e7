/** Who holds credentials: API keys, users, applications, client certificates. */
import type { ManifestApplication } from '../../../contract/manifest/application.ts'
import type { Manifest } from '../../../contract/manifest.ts'
import { all, type Compare, differ, members, named, optional } from '../comparison.ts'
import { allowed, changed, ending, flag, isAny, isEmpty, listed, place, written } from '../leaves.ts'
import { authority } from './authorities.ts'

const scopes = listed({ what: 'the scope', added: 'weakening', gone: 'breaking' })
const consumer = changed<string>('weakening', 'who counts as caller')

export const apiKeys: Compare<Manifest['apiKeys']> = named<Manifest['apiKeys'][number]>({
  key: ({ id }) => id,
  of: ({ id }) => `API key ${id}`,
  added: () => ['weakening', 'the API key is new'],
  gone: () => ['breaking', 'the API key is gone'],
  both: members<Manifest['apiKeys'][number]>({
    id: changed('weakening', 'the id of the API key'),
    digest: changed('weakening', 'the kind of digest of the API key'),
    consumer,
    tier: changed('weakening', 'the tier of the API key'),
    scopes,
    apis: allowed(isAny, { what: 'the API', added: 'weakening', gone: 'breaking' }),
    addresses: allowed(isEmpty, { what: 'the address', added: 'weakening', gone: 'breaking' }),
    origins: allowed(isEmpty, { what: 'the origin', added: 'weakening', gone: 'breaking' }),
    expires: ending('the API key', 'weakening', 'breaking'),
    at: place,
  }),
})

export const users: Compare<Manifest['users']> = named<Manifest['users'][number]>({
  key: ({ name }) => name,
  of: ({ name }) => `user ${name}`,
  added: () => ['weakening', 'the user is new'],
  gone: () => ['breaking', 'the user is gone'],
  both: members<Manifest['users'][number]>({
    name: changed('weakening', 'the name of the user'),
    digest: changed('weakening', 'the kind of digest of the password'),
    scopes,
    at: place,
  }),
})

type ApplicationKey = ManifestApplication['keys'][number]
type Subscription = ManifestApplication['subscriptions'][number]

const applicationKeys: Compare<readonly ApplicationKey[]> = named<ApplicationKey>({
  key: ({ holder, keyType }) => `${holder} ${keyType}`,
  added: ({ holder }) => ['weakening', `callers that show ${written(holder)} belong to the application`],
  gone: ({ holder }) => ['breaking', `callers that show ${written(holder)} belong to the application no more`],
  both: members<ApplicationKey>({
    holder: changed('weakening', 'who belongs to the application'),
    keyType: changed('weakening', 'the type of the key'),
    domains: allowed(isEmpty, { what: 'the host of web pages', added: 'weakening', gone: 'breaking' }),
  }),
})

const subscriptions: Compare<readonly Subscription[]> = named<Subscription>({
  key: ({ api, version }) => JSON.stringify([api, version]),
  added: ({ api, version, state }) => [
    state === 'active' ? 'weakening' : 'harmless',
    `the application is subscribed to ${api} ${version} (${state})`,
  ],
  gone: ({ api, version }) => ['breaking', `the application is subscribed to ${api} ${version} no more`],
  both: members<Subscription>({
    api: changed('weakening', 'the API'),
    version: changed('weakening', 'the version of the API'),
    tier: changed('weakening', 'the tier of the subscription'),
    state: changed('weakening', 'the state of the subscription'),
  }),
})

const namedApplications: Compare<readonly ManifestApplication[]> = named({
  key: ({ id }) => id,
  of: ({ id }) => `application ${id}`,
  added: () => ['weakening', 'the application is new'],
  gone: () => ['breaking', 'the application is gone'],
  both: members<ManifestApplication>({
    id: changed('weakening', 'the id of the application'),
    uuid: changed('weakening', 'the UUID of the application'),
    name: changed('harmless', 'the name of the application'),
    owner: changed('weakening', 'the owner of the application'),
    tier: changed('weakening', 'the tier of the application'),
    keys: applicationKeys,
    subscriptions,
    at: place,
  }),
})

/** Nothing is said of them any more, so that what they say of themselves counts: a token names its application and subscriptions. */
const unknownNow: Compare<readonly ManifestApplication[]> = (before, after, where) => {
  const known = new Set(after.flatMap(({ keys }) => keys.map(({ holder }) => holder)))
  return before.flatMap(({ id, keys, at }) =>
    keys
      .filter(({ holder }) => /^(?:client|certificate):/.test(holder) && !known.has(holder))
      .flatMap(({ holder }) =>
        differ(
          [
            'weakening',
            `no application has ${written(holder)} any more: what its tokens, or its holder’s application, say of subscriptions counts`,
          ],
          {
            ...where,
            of: `application ${id}`,
            before: at,
            after: null,
          },
        ),
      ),
  )
}

export const applications: Compare<readonly ManifestApplication[]> = all(namedApplications, unknownNow)

type ClientCertificates = NonNullable<Manifest['clientCertificates']>
type Holder = ClientCertificates['holders'][number]

export const clientCertificates: Compare<ClientCertificates | null> = optional(
  () => ['breaking', 'client certificates are asked for'],
  () => ['weakening', 'client certificates are asked for no more'],
  members<ClientCertificates>({
    header: optional(
      (name) => ['weakening', `trusted proxies hand certificates on in the field \`${name}\``],
      (name) => ['breaking', `trusted proxies hand certificates on in the field \`${name}\` no more`],
      changed('weakening', 'the field in which trusted proxies hand certificates on'),
    ),
    authorities: named<ClientCertificates['authorities'][number]>({
      key: ({ fingerprint }) => fingerprint,
      added: ({ subject }) => ['weakening', `the authority ${written(subject)} vouches for clients`],
      gone: ({ subject }) => ['breaking', `the authority ${written(subject)} vouches for clients no more`],
      both: members<ClientCertificates['authorities'][number]>({
        ...authority,
        everywhere: flag(
          ['weakening', 'the authority vouches also where no holder is named'],
          ['breaking', 'the authority vouches for holders only'],
        ),
      }),
    }),
    holders: named<Holder>({
      key: ({ id }) => id,
      of: ({ id }) => `certificate holder ${id}`,
      added: () => ['weakening', 'the holder of a client certificate is new'],
      gone: () => ['breaking', 'the holder of a client certificate is gone'],
      both: members<Holder>({
        id: changed('weakening', 'the id of the holder'),
        consumer,
        thumbprint: changed('weakening', 'the thumbprint of the certificate'),
        subject: changed('weakening', 'the subject of the certificate'),
        san: changed('weakening', 'the alternative name of the certificate'),
        authorities: allowed(isAny, { what: 'the authority', added: 'weakening', gone: 'breaking' }),
        at: place,
      }),
      order: ['weakening', 'holders stand in another order: a certificate is the first one’s that it fits'],
    }),
  }),
)
