/** Why another service gave no answer that could be used. Holds neither what was sent nor what came back. */

/**
 * `connect`: no connection, or it broke; `tls`: certificate or handshake; `too-large`: over the bound that the caller gave; `protocol`: not
 * HTTP, or a coding that nobody asked for.
 */
export type ServiceFailure = 'timeout' | 'connect' | 'tls' | 'too-large' | 'protocol'

export class ServiceError extends Error {
  readonly reason: ServiceFailure

  constructor(reason: ServiceFailure) {
    super(`the service gave no answer: ${reason}`)
    this.reason = reason
  }
}

/** Names Node gives to what OpenSSL thinks of a certificate or of a handshake. */
const ofTls =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_|HOSTNAME_MISMATCH|EPROTO$)/

/** What Node's error means. Its text is not kept: it may quote what came. */
export function serviceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (ofTls.test(code)) return new ServiceError('tls')
  return new ServiceError(code.startsWith('HPE_') ? 'protocol' : 'connect')
}
