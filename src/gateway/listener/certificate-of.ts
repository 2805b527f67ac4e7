/** What a certificate says about its owner, read once. */
import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { Consumer } from '../consumer.ts'
import { type CertificateFailure, type ClientCertificate, secureTransport, type Transport } from './transport.ts'

/** @throws where a time in it is malformed. */
export function certificateOf(x509: X509Certificate): ClientCertificate {
  const notBefore = x509.validFromDate.getTime()
  const notAfter = x509.validToDate.getTime()
  if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) throw new TypeError('the certificate has a malformed time')
  const thumbprint = x509.fingerprint256.replaceAll(':', '').toLowerCase()
  return {
    x509,
    thumbprint,
    consumer: new Consumer(`certificate:${thumbprint}`),
    subject: distinguishedName(x509.subject),
    issuer: distinguishedName(x509.issuer),
    serial: x509.serialNumber.toLowerCase(),
    subjectAltNames: namesIn(x509.subjectAltName ?? ''),
    notBefore,
    notAfter,
  }
}

/** What the handshake says about the client. */
export function transportOf(socket: TLSSocket): Transport {
  const x509 = socket.getPeerX509Certificate()
  // Of a session that is resumed without one, `authorized` would be true.
  if (x509 === undefined) return secureTransport
  if (!socket.authorized) return { secure: true, certificate: failureOf(String(socket.authorizationError)) }
  try {
    return { secure: true, certificate: certificateOf(x509) }
  } catch {
    return { secure: true, certificate: 'certificate-malformed' }
  }
}

/** @param code OpenSSL's name of what it found */
function failureOf(code: string): CertificateFailure {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'certificate-expired'
    case 'CERT_NOT_YET_VALID':
      return 'certificate-not-yet-valid'
    case 'INVALID_PURPOSE':
      return 'certificate-purpose'
    default:
      return 'certificate-untrusted'
  }
}

/** RFC 4514 writes the last part first; OpenSSL one on a line, the first one first. */
export function distinguishedName(lines: string): string {
  return lines.split('\n').reverse().join(',')
}

/** Node puts a name with a comma in it into quotes, as JSON does. */
function namesIn(text: string): readonly string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []).map((name) => name.trim())
}
