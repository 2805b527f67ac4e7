/** What became of a connection to a backend, in fixed words for the log and the metrics. */
import type { RefusalKind } from '../../contract/refusals.ts'

const byCode: ReadonlyMap<string, string> = new Map([
  ['timeout', 'connect-timeout'],
  ['ETIMEDOUT', 'connect-timeout'],
  ['CERT_HAS_EXPIRED', 'certificate-expired'],
  ['CERT_NOT_YET_VALID', 'certificate-not-yet-valid'],
  ['CERT_REVOKED', 'certificate-revoked'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-wrong-name'],
  ...[
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_SIGNATURE_FAILURE',
    'CERT_UNTRUSTED',
    'CERT_REJECTED',
    'CERT_CHAIN_TOO_LONG',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'PATH_LENGTH_EXCEEDED',
  ].map((code) => [code, 'certificate-untrusted'] as const),
])

/** Alerts by which a backend says what it thinks of the gateway's own certificate (RFC 8446 §6.2), as OpenSSL names them. */
const refusedCertificate =
  /_ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED)$/

/** Names Node's error code, or one of the gateway's own. */
export function failureReason(code: string): string {
  const known = byCode.get(code)
  if (known !== undefined) return known
  if (refusedCertificate.test(code)) return 'client-certificate-refused'
  if (code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL') return 'no-http2'
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO' ? 'handshake-failed' : code
}

/** What the client is told of a connection that did not come about. */
export function dialFailure(code: string): { readonly kind: RefusalKind; readonly reason: string } {
  const reason = failureReason(code)
  if (reason === 'connect-timeout') return { kind: 'answer-timeout', reason }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'address-unknown', reason }
  return { kind: 'connect-failed', reason }
}
