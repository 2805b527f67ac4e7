/** Whose client certificates are believed, and where. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { Certificate } from '../model/certificate.ts'
import type { Project } from '../model/model.ts'
import type { Authority } from '../model/types/authority.ts'
import type { Operation } from '../model/types/operation.ts'

/** Nothing where no operation asks for a certificate: then none is asked for in a handshake. */
export function planClientCertificates(
  { clientCertificates }: Project,
  operations: readonly OperationPlan[],
): GatewayPlan['clientCertificates'] {
  if (clientCertificates === null || operations.every(({ certificate }) => certificate === 'unused')) return null
  const all = allAuthorities(clientCertificates)
  const indexes = clientCertificates.holders.length === 0 ? () => [...all.keys()] : vouchers(all)
  const everywhere = indexes(clientCertificates.authorities)
  return {
    authorities: all.map(({ pem, subject, notAfter }) => ({ pem, subject, notAfter })),
    everywhere: everywhere.length === all.length ? null : everywhere,
    holders: clientCertificates.holders.map(({ id, consumer, thumbprint, subject, name, authorities }) => ({
      id,
      consumer,
      thumbprint,
      subject,
      name,
      authorities: authorities === null ? null : indexes(authorities),
    })),
    header: clientCertificates.header?.value ?? null,
  }
}

/** `null` where any holder will do, and where none is asked for. */
export function acceptedHolders(
  { certificates }: Operation,
  asked: OperationPlan['certificate'],
  { clientCertificates }: Project,
): OperationPlan['certificateHolders'] {
  if (certificates === null || asked === 'unused' || clientCertificates === null) return null
  const ids = new Set(certificates.value.map(({ value }) => value))
  return clientCertificates.holders.flatMap(({ id }, index) => (ids.has(id) ? [index] : []))
}

/** Each once, in the order in which they are first named. */
export function allAuthorities({ authorities, holders }: NonNullable<Project['clientCertificates']>): readonly Authority[] {
  const named = [...authorities, ...holders.flatMap((holder) => holder.authorities ?? [])]
  return [...new Map(named.map((authority) => [authority.pem, authority])).values()]
}

/** Of some authorities: where they are among all, with those that they vouch for. A copy of one with a new date is the same authority. */
function vouchers(all: readonly Authority[]): (some: readonly Authority[]) => readonly number[] {
  const certificates = all.map(({ pem }) => new Certificate(pem))
  const signed = certificates.map((issuer) => certificates.flatMap((each, index) => (each.isIssuedBy(issuer) ? [index] : [])))
  return (some) => {
    const found = new Set(some.map(({ pem }) => all.findIndex((each) => each.pem === pem)))
    // What is added while it is walked is walked as well.
    for (const index of found) for (const other of signed[index]!) found.add(other)
    return [...found].toSorted((a, b) => a - b)
  }
}
