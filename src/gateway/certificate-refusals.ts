/** Refusals of requests for their client certificate. What is wrong with it stays in log and metrics. */
import type { RefusalKind } from '../contract/refusals.ts'
import type { Refusal } from './exchange.ts'
import type { CertificateFailure } from './listener/transport.ts'

const kinds = {
  'certificate-missing': 'certificate-missing',
  'certificate-malformed': 'certificate-invalid',
  'certificate-untrusted': 'certificate-invalid',
  'certificate-expired': 'certificate-invalid',
  'certificate-not-yet-valid': 'certificate-invalid',
  'certificate-purpose': 'certificate-invalid',
  'certificate-not-accepted': 'credential-not-allowed',
} as const satisfies Readonly<Record<CertificateFailure | 'certificate-missing' | 'certificate-not-accepted', RefusalKind>>

export type CertificateRefusals = Readonly<Record<keyof typeof kinds, Refusal>>

/** A 401 needs a challenge (RFC 9110 §11.6.1), and no scheme of HTTP is registered for what happens in TLS. `realm`: the gateway's name. */
export function certificateRefusals(realm: string): CertificateRefusals {
  const challenge = `WWW-Authenticate: ClientCertificate realm="${realm}"\r\n`
  const entries = Object.entries(kinds).map(([reason, kind]) => {
    const fields = kind === 'credential-not-allowed' ? '' : challenge
    return [reason, { kind, fields, reason }] as const
  })
  // The entries are made from the table's own keys.
  return Object.fromEntries(entries) as CertificateRefusals
}
