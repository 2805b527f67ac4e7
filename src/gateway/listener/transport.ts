/** How a client's bytes arrive, and what that alone says about the client. */
import type { X509Certificate } from 'node:crypto'
import type { Consumer } from '../consumer.ts'

/** A client certificate that chains to one of the baked authorities and was valid when it was looked at. */
export type ClientCertificate = {
  readonly x509: X509Certificate
  /** SHA-256 of its DER form, in lower-case hex (RFC 8705, section 3.1, has the same bytes in base64url). */
  readonly thumbprint: string
  /** Whom its requests count for where neither a token nor the project says more. */
  readonly consumer: Consumer
  /** One line, as in RFC 4514. */
  readonly subject: string
  readonly issuer: string
  /** Lower-case hex. */
  readonly serial: string
  /** Each with its kind: `DNS:client.example.com`, `URI:spiffe://example.com/client`, `email:a@example.com`. */
  readonly subjectAltNames: readonly string[]
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
}

/** Why a certificate that a client gave is not good; for log and metrics. */
export type CertificateFailure =
  | 'certificate-malformed'
  | 'certificate-untrusted'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-purpose'

export type Transport = {
  /** TLS ends at this gateway. */
  readonly secure: boolean
  /** What was given in the TLS handshake, or why it is not good; `null` where nothing was given. */
  readonly certificate: ClientCertificate | CertificateFailure | null
}

export const plainTransport: Transport = { secure: false, certificate: null }

export const secureTransport: Transport = { secure: true, certificate: null }
