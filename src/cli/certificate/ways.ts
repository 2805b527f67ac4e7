/** The ways in which a caller may be admitted to an operation: all that its security comes to, as one OR of ANDs. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'

/** Everything that is not `null` or false must be there (AND). Nothing at all: anybody may call. */
export type Way = {
  /** Of one of `issuers`, with all of `scopes`. */
  readonly token: { readonly issuers: readonly string[]; readonly scopes: readonly string[] } | null
  readonly apiKey: { readonly scopes: readonly string[] } | null
  readonly password: { readonly scopes: readonly string[] } | null
  /** A good client certificate; whose will do says the operation’s `clientCertificate`. */
  readonly certificate: boolean
}

const nothing: Way = { token: null, apiKey: null, password: null, certificate: false }

/** Any one of them suffices (OR). None at all: nobody can call. */
export function waysOf({ security, clientCertificate }: Pick<ManifestOperation, 'security' | 'clientCertificate'>): readonly Way[] {
  const ways = security.alternatives.map(({ credentials, issuers }): Way => {
    const scopes = (wanted: (typeof credentials)[number]['kind']): { readonly scopes: readonly string[] } | null => {
      const held = credentials.find(({ kind }) => kind === wanted)
      return held === undefined ? null : { scopes: held.scopes }
    }
    const token = scopes('token')
    return {
      token: token === null ? null : { issuers, ...token },
      apiKey: scopes('apiKey'),
      password: scopes('basic'),
      certificate: scopes('certificate') !== null,
    }
  })
  const alone = security.certificateSuffices && !ways.some(isCertificateAlone) ? [{ ...nothing, certificate: true }] : []
  const all = [...ways, ...alone, ...(security.anonymous ? [nothing] : [])]
  // What is asked for by the whole API comes on top of every way.
  return clientCertificate.asked === 'required' ? all.map((way) => ({ ...way, certificate: true })) : all
}

export function admitsAnybody(way: Way): boolean {
  return way.token === null && way.apiKey === null && way.password === null && !way.certificate
}

function isCertificateAlone({ token, apiKey, password, certificate }: Way): boolean {
  return certificate && token === null && apiKey === null && password === null
}
