/** How a client's bytes arrive, and what that alone says about the client. */

/** A client certificate that chains to one of the baked authorities and was valid when it was looked at. */
export type ClientCertificate = {
  /** SHA-256 of its DER form, in lower-case hex (RFC 8705, section 3.1, has the same bytes in base64url). */
  readonly thumbprint: string
  /** One line, as in RFC 4514. */
  readonly subject: string
  /** Milliseconds since the epoch. */
  readonly notAfter: number
}

export type Transport = {
  /** TLS ends at this gateway. */
  readonly secure: boolean
  /** Given in the TLS handshake. */
  readonly certificate: ClientCertificate | null
}

export const plainTransport: Transport = { secure: false, certificate: null }
