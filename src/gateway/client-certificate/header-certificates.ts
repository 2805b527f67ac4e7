/**
 * Certificates in a request's field. The proxy in front has seen that the client holds the private key; whether the certificate is one
 * of ours is decided here: signed by a baked authority, at a time when both hold, and fit for clients. No chain can be in the field, so
 * that an authority between has to be baked as well.
 */
import { X509Certificate } from 'node:crypto'
import { certificateOf } from '../listener/certificate-of.ts'
import type { CertificateFailure, ClientCertificate } from '../listener/transport.ts'
import { certificateBytes } from './certificate-text.ts'
import { isFitForClients } from './client-profile.ts'

/** Good certificates that are remembered by their text. */
const maximumRemembered = 1000

type Authority = { readonly x509: X509Certificate; readonly notBefore: number; readonly notAfter: number }

export class HeaderCertificates {
  readonly #authorities: readonly Authority[]
  readonly #remembered: Map<string, ClientCertificate> = new Map()

  /** `authorities`: PEM. */
  constructor(authorities: readonly string[]) {
    this.#authorities = authorities.map((pem) => {
      const x509 = new X509Certificate(pem)
      return { x509, notBefore: x509.validFromDate.getTime(), notAfter: x509.validToDate.getTime() }
    })
  }

  /** `now`: milliseconds since the epoch. That the certificate itself holds is to be looked at with every request. */
  read(text: string, now: number): ClientCertificate | CertificateFailure {
    const known = this.#remembered.get(text)
    if (known !== undefined) return known
    const certificate = this.#verify(text, now)
    if (typeof certificate !== 'string') this.#remember(text, certificate)
    return certificate
  }

  #verify(text: string, now: number): ClientCertificate | CertificateFailure {
    const bytes = certificateBytes(text)
    if (bytes === null) return 'certificate-malformed'
    try {
      const x509 = new X509Certificate(bytes)
      if (!this.#authorities.some((authority) => vouches(authority, x509, now))) return 'certificate-untrusted'
      if (!isFitForClients(x509)) return 'certificate-purpose'
      return certificateOf(x509)
    } catch {
      return 'certificate-malformed'
    }
  }

  #remember(text: string, certificate: ClientCertificate): void {
    if (this.#remembered.size >= maximumRemembered) this.#remembered.delete(this.#remembered.keys().next().value!)
    // A copy: the text is a piece of a request's head, all of which it would keep in memory.
    this.#remembered.set(Buffer.from(text, 'latin1').toString('latin1'), certificate)
  }
}

function vouches({ x509: authority, notBefore, notAfter }: Authority, x509: X509Certificate, now: number): boolean {
  return notBefore <= now && now <= notAfter && x509.checkIssued(authority) && x509.verify(authority.publicKey)
}
