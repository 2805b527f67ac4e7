/** X.509 certificates (RFC 5280), as far as a gateway needs them: a public key, and how long it holds. */
import { type KeyObject, X509Certificate } from 'node:crypto'

export class Certificate {
  readonly publicKey: KeyObject
  /** Distinguished name on one line. */
  readonly subject: string
  /** Seconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
  readonly #x509: X509Certificate

  /** @throws where the PEM text or DER bytes are no certificate. */
  constructor(input: string | Buffer) {
    this.#x509 = new X509Certificate(input)
    this.publicKey = this.#x509.publicKey
    this.subject = this.#x509.subject.replaceAll('\n', ', ')
    this.notBefore = seconds(this.#x509.validFromDate)
    this.notAfter = seconds(this.#x509.validToDate)
  }

  /** As PEM, without what stood around it. */
  get pem(): string {
    return this.#x509.toString()
  }

  /** Whether another certificate vouches for this one. A self-signed one, also renewed with the same key, is nobody's chain. */
  isIssuedBy(issuer: Certificate): boolean {
    return this.#x509.checkIssued(issuer.#x509) && !this.publicKey.equals(issuer.publicKey) && this.#x509.verify(issuer.publicKey)
  }
}

function seconds(date: Date): number {
  const milliseconds = date.getTime()
  if (Number.isNaN(milliseconds)) throw new TypeError('the certificate has a malformed time')
  return milliseconds / 1000
}
