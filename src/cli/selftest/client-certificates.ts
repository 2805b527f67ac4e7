/** Throw-away authorities in the place of a project's, and certificates of theirs for each of its holders. */
import { X509Certificate } from 'node:crypto'
import type { Manifest } from '../../contract/manifest.ts'
import type { ClientCertificatesPlan } from '../../contract/plan/client-certificates.ts'
import { type Certified, parseName, ThrowawayAuthority } from './throwaway-certificate.ts'

export type CertificateSet = {
  /** The same holders and rules, with authorities and thumbprints of this run. */
  readonly plan: ClientCertificatesPlan
  /** In the plan's order; `null` for a holder whose name cannot be written here. */
  readonly ofHolders: readonly (Certified | null)[]
  /** Of an authority that vouches everywhere and of no holder; `null` where every holder must be named. */
  readonly ofNobody: Certified | null
  /** Of an authority that the gateway does not know. */
  readonly untrusted: Certified
  readonly expired: Certified | null
}

export function certificateSet(plan: ClientCertificatesPlan, { clientCertificates }: Manifest): CertificateSet {
  const authorities = plan.authorities.map((_, index) => new ThrowawayAuthority(`Selftest authority ${index}`))
  // Whom the certificate names as vouching everywhere, not whom the plan does.
  const everywhere = (clientCertificates?.authorities ?? []).findIndex((authority) => authority.everywhere)
  const general = authorities[everywhere]
  const ofHolders = plan.holders.map(({ id, subject, name, authorities: own }): Certified | null => {
    const authority = own === null ? general : authorities[own[0] ?? -1]
    const parsed = subject === null ? ([['CN', `selftest ${id}`]] as const) : parseName(subject)
    return authority === undefined || parsed === null ? null : authority.issue(parsed, name === null ? [] : [name])
  })
  return {
    plan: {
      ...plan,
      authorities: plan.authorities.map((authority, index) => ({ ...authority, pem: authorities[index]!.certificate })),
      holders: plan.holders.map((holder, index) => {
        const certified = ofHolders[index]
        if (holder.thumbprint === null || certified === null || certified === undefined) return holder
        return { ...holder, thumbprint: thumbprintOf(certified.certificate).toString('hex') }
      }),
    },
    ofHolders,
    ofNobody: general?.issue([['CN', 'selftest nobody']], []) ?? null,
    untrusted: new ThrowawayAuthority('Selftest authority 0').issue([['CN', 'selftest stranger']], []),
    expired: general?.issue([['CN', 'selftest expired']], [], { from: -10, until: -5 }) ?? null,
  }
}

/** SHA-256 of the DER form. */
export function thumbprintOf(pem: string): Buffer {
  return Buffer.from(new X509Certificate(pem).fingerprint256.replaceAll(':', ''), 'hex')
}
