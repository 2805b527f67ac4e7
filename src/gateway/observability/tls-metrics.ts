/** What is counted about TLS towards clients; nothing where it is off. */
import { type HandshakeFailure, handshakeFailures } from '../listener/tls-failure.ts'
import type { Exposition } from './exposition.ts'

export type TlsFailures = { handshakeFailed(reason: HandshakeFailure): void }

/** Read when metrics are rendered. `notAfter` in seconds since the epoch. */
export type ServerCertificateFigures = {
  readonly expiries: readonly { readonly subject: string; readonly notAfter: number }[]
  readonly reloads: number
  readonly failedReloads: number
}

export class TlsMetrics implements TlsFailures {
  /** Set when TLS is on. */
  certificates: ServerCertificateFigures | null = null
  readonly #failures: Map<HandshakeFailure, number> = new Map(handshakeFailures.map((reason) => [reason, 0]))

  handshakeFailed(reason: HandshakeFailure): void {
    this.#failures.set(reason, this.#failures.get(reason)! + 1)
  }

  write(out: Exposition): void {
    const { certificates } = this
    if (certificates === null) return
    out.family('postern_tls_handshake_failures_total', 'counter', 'TLS handshakes of clients that failed.')
    for (const [reason, count] of this.#failures) out.sample('postern_tls_handshake_failures_total', { reason }, count)
    out.family('postern_tls_certificate_expiry_timestamp_seconds', 'gauge', 'When a certificate of the gateway expires.', 'largest')
    for (const [index, { subject, notAfter }] of certificates.expiries.entries()) {
      out.sample('postern_tls_certificate_expiry_timestamp_seconds', { certificate: String(index), subject }, notAfter)
    }
    const { reloads, failedReloads } = certificates
    out.single(
      'postern_tls_certificate_reloads_total',
      'counter',
      'Times that changed certificate files were taken over.',
      reloads,
      'largest',
    )
    out.single(
      'postern_tls_certificate_reload_failures_total',
      'counter',
      'Changed certificate files that could not be used.',
      failedReloads,
      'largest',
    )
  }
}
