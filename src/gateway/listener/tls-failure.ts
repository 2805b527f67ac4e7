/** Why TLS handshakes fail, in a few fixed words for metrics. */

const reasons = [
  /** The client has gone before the end. */
  ['closed', /^(?:ECONNRESET|EPIPE|ECONNABORTED)$/],
  /** Plain HTTP, or anything else that is not TLS. */
  ['not-tls', /HTTP_REQUEST|HTTPS_PROXY_REQUEST|WRONG_VERSION_NUMBER|BAD_RECORD_TYPE|PACKET_LENGTH_TOO_LONG|RECORD_TOO_SMALL/],
  /** Older than TLS 1.2. */
  ['version', /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|INAPPROPRIATE_FALLBACK|PROTOCOL_VERSION/],
  ['no-shared-cipher', /NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE_ALGORITHM|NO_SUITABLE_KEY_SHARE|NO_SHARED_GROUPS?/],
  ['no-shared-protocol', /NO_APPLICATION_PROTOCOL/],
  /** The client refuses the gateway's certificate. */
  ['certificate-refused', /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/],
] as const satisfies readonly (readonly [string, RegExp])[]

/** `timeout`: it did not end in time. */
export type HandshakeFailure = (typeof reasons)[number][0] | 'timeout' | 'other'

/** Every word there is. */
export const handshakeFailures: readonly HandshakeFailure[] = [...reasons.map(([reason]) => reason), 'timeout', 'other']

export function handshakeFailure({ code = '' }: NodeJS.ErrnoException): HandshakeFailure {
  return reasons.find(([, pattern]) => pattern.test(code))?.[0] ?? 'other'
}
