/** Certificates whose holders vouch for others: for backends and services that the gateway asks, and for clients. */
import type { ManifestAuthority } from '../../../contract/manifest/authority.ts'
import type { ManifestBackendTls } from '../../../contract/manifest/tls.ts'
import { type Compare, differ, members, named, optional } from '../comparison.ts'
import { changed, ending, place, written } from '../leaves.ts'

/** Who vouches for a service. None named: all those that Node trusts do. */
export function authorities(whose: string): Compare<readonly ManifestAuthority[]> {
  const list = named<ManifestAuthority>({
    key: ({ fingerprint }) => fingerprint,
    added: ({ subject }) => ['weakening', `the authority ${written(subject)} vouches for ${whose}`],
    gone: ({ subject }) => ['harmless', `the authority ${written(subject)} vouches for ${whose} no more`],
    both: members<ManifestAuthority>(authority),
  })
  return (before, after, where) => {
    if (before.length > 0 && after.length === 0)
      return differ(['weakening', `any authority that Node trusts vouches for ${whose}, and only named ones did`], where)
    if (before.length === 0 && after.length > 0)
      return differ(['harmless', `only named authorities vouch for ${whose}, and any that Node trusts did`], where)
    return list(before, after, where)
  }
}

/** A certificate is known by its fingerprint; what else is said of it stands in it. */
export const authority = {
  subject: changed<string>('weakening', 'the subject of the authority'),
  fingerprint: changed<string>('weakening', 'the certificate of the authority'),
  expires: ending('the authority', 'weakening', 'breaking'),
  at: place,
} as const

/** How a service is reached over TLS, and as whom. */
export function tls(whose: string): Compare<ManifestBackendTls | null> {
  const details = members<ManifestBackendTls>({
    authorities: authorities(whose),
    clientCertificate: optional(
      ({ certificate }) => ['harmless', `${whose} is shown the certificate ${written(certificate)}`],
      () => ['weakening', `${whose} is shown no certificate any more`],
      members({
        certificate: changed('weakening', `the certificate that ${whose} is shown`),
        key: changed('weakening', `the key of the certificate that ${whose} is shown`),
      }),
    ),
    serverName: changed('weakening', `the name that ${whose} must have in its certificate`),
  })
  const nothing: ManifestBackendTls = { authorities: [], clientCertificate: null, serverName: null }
  // Nothing said is the same as nothing particular: certificates are verified all the same.
  return (before, after, where) => details(before ?? nothing, after ?? nothing, where)
}
