/** Whose client certificates are believed, as the manifest tells it. */
import type { Manifest, ManifestOperation } from '../../contract/manifest.ts'
import type { GatewayPlan, OperationPlan } from '../../contract/plan.ts'
import type { Operation, Project } from '../model/model.ts'
import { allAuthorities } from './client-certificates.ts'
import type { Decisions } from './make-plan.ts'
import { optionalReference, reference } from './source-reference.ts'

export function manifestClientCertificates({ clientCertificates }: Project, plan: GatewayPlan): Manifest['clientCertificates'] {
  if (clientCertificates === null || plan.clientCertificates === null) return null
  const { everywhere } = plan.clientCertificates
  return {
    header: clientCertificates.header?.value ?? null,
    authorities: allAuthorities(clientCertificates).map(({ subject, notAfter, at }, index) => ({
      subject,
      expires: new Date(notAfter * 1000).toISOString(),
      everywhere: everywhere === null || everywhere.includes(index),
      at: reference(at),
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

export function manifestHolders(
  { certificateHolders }: OperationPlan,
  { certificates }: Operation,
  { plan }: Decisions,
): Pick<ManifestOperation['clientCertificate'], 'holders' | 'holdersAt'> {
  if (certificateHolders === null) return { holders: null, holdersAt: null }
  const known = plan.clientCertificates?.holders ?? []
  return { holders: certificateHolders.map((index) => known[index]!.id), holdersAt: optionalReference(certificates?.at ?? null) }
}
