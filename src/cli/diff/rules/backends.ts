/** Where requests go, and as whom the gateway comes there. */
import type { ManifestBackend, ManifestBackendCredential } from '../../../contract/manifest/backend.ts'
import type { ManifestClient } from '../../../contract/manifest/client-authentication.ts'
import { type Compare, differ, members, optional } from '../comparison.ts'
import { changed, flag, place } from '../leaves.ts'
import { tls } from './authorities.ts'

/** `whose`: `the backend`, `the sandbox backend`. */
export function backend(whose: string): Compare<ManifestBackend | null> {
  return optional(
    ({ url }) => ['weakening', `there is ${whose.replace(/^the/, 'a')} now: ${url}`],
    ({ url }) => ['breaking', `${whose} is gone: ${url}`],
    members<ManifestBackend>({
      index: changed('harmless', `the number of ${whose} in log and metrics`),
      url: changed('weakening', `the address of ${whose}`),
      http: changed('weakening', `the version of HTTP that is spoken with ${whose}`),
      tls: tls(whose),
      credential: backendCredential(whose),
      at: place,
    }),
  )
}

type OfKind<Kind> = Extract<ManifestBackendCredential, { readonly kind: Kind }>

/** What is another, makes the gateway somebody else there. */
function backendCredential(whose: string): Compare<ManifestBackendCredential | null> {
  const same = (what: string): Compare<unknown> => changed<unknown>('weakening', `${what} with which the gateway comes to ${whose}`)
  const rules: { readonly [Kind in ManifestBackendCredential['kind']]: Compare<OfKind<Kind>> } = {
    basic: members<OfKind<'basic'>>({
      kind: same('the kind of credential'),
      user: same('the user'),
      password: same('the password'),
      at: place,
    }),
    digest: members<OfKind<'digest'>>({
      kind: same('the kind of credential'),
      user: same('the user'),
      password: same('the password'),
      algorithms: same('the list of digest algorithms'),
      at: place,
    }),
    'api-key': members<OfKind<'api-key'>>({
      kind: same('the kind of credential'),
      in: same('the place of the API key'),
      name: same('the name of the API key'),
      key: same('the API key'),
      at: place,
    }),
    'client-credentials': members<OfKind<'client-credentials'>>({
      kind: same('the kind of credential'),
      url: same('the address of the tokens'),
      plainHttp: flag(
        ['weakening', 'tokens for the backend may be fetched without TLS'],
        ['harmless', 'tokens for the backend are fetched by TLS'],
      ),
      tls: tls(`who issues the tokens for ${whose}`),
      client: client(`for ${whose}`),
      scopes: same('the list of scopes'),
      audience: same('the audience of the tokens'),
      at: place,
    }),
  }
  return optional(
    ({ kind }) => ['weakening', `the gateway comes to ${whose} with a credential (${kind})`],
    ({ kind }) => ['weakening', `the gateway comes to ${whose} without its credential (${kind})`],
    (before, after, where) => {
      if (before.kind !== after.kind)
        return differ(['weakening', `the credential for ${whose} is ${after.kind}, and was ${before.kind}`], where)
      return (rules[after.kind] as Compare<ManifestBackendCredential>)(before, after, where)
    },
  )
}

/** As whom the gateway comes to an authorisation server. */
export function client(purpose: string): Compare<ManifestClient> {
  return members<ManifestClient>({
    authentication: changed('weakening', `how the gateway shows who it is ${purpose}`),
    id: changed('weakening', `the client id of the gateway ${purpose}`),
    proof: changed('weakening', `what proves who the gateway is ${purpose}`),
    keyId: changed('weakening', `the id of the gateway’s key ${purpose}`),
    audience: changed('weakening', `the audience of the gateway’s assertions ${purpose}`),
  })
}
