/** Whose client certificates are believed, as the manifest tells it. */
import { createHash } from 'node:crypto'
import type { ManifestAuthority } from '../../contract/manifest/authority.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Project } from '../model/model.ts'
import type { Authority } from '../model/types/authority.ts'
import type { Operation } from '../model/types/operation.ts'
import { allAuthorities } from './client-certificates.ts'
import type { Decisions } from './make-plan.ts'
import { optionalReference, reference } from './source-reference.ts'

export function manifestClientCertificates({ clientCertificates }: Project, plan: GatewayPlan): Manifest['clientCertificates'] {
  if (clientCertificates === null || plan.clientCertificates === null) return null
  const { everywhere } = plan.clientCertificates
  return {
    header: clientCertificates.header?.value ?? null,
    authorities: manifestAuthorities(allAuthorities(clientCertificates)).map((authority, index) => ({
      ...authority,
      everywhere: everywhere === null || everywhere.includes(index),
    })),
    holders: clientCertificates.holders.map(({ id, consumer, thumbprint, subject, name, authorities, at }) => ({
      id,
      consumer,
      thumbprint,
      subject,
      san: name,
      authorities: authorities === null ? null : authorities.map((authority) => authority.subject),
      at: reference(at),
    })),
  }
}

export function manifestAuthorities(authorities: readonly Authority[]): readonly ManifestAuthority[] {
  return authorities.map(({ subject, pem, notAfter, at }) => ({
    subject,
    fingerprint: fingerprintOf(pem),
    expires: new Date(notAfter * 1000).toISOString(),
    at: reference(at),
  }))
}

/** What stands between the first and the last line of PEM (RFC 7468) is the certificate's DER form. */
function fingerprintOf(pem: string): string {
  const der = Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64')
  return createHash('sha256').update(der).digest('hex')
}

export function manifestHolders(
  { certificateHolders }: OperationPlan,
  { certificates }: Operation,
  { plan }: Decisions,
): Pick<ManifestOperation['clientCertificate'], 'holders' | 'holdersAt'> {
  if (certificateHolders === null) return { holders: null, holdersAt: null }
  const known = plan.clientCertificates?.holders ?? []
  return { holders: certificateHolders.map((index) => known[index]!.id), holdersAt: optionalReference(certificates?.at ?? null) }
}
