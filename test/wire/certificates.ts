/** An authority and certificates of it, made for one run of tests. */
import { generateKeyPairSync } from 'node:crypto'
import { type CertificateRequest, makeCertificate } from '../certificate.ts'

/** PEM text. */
export type Identity = { readonly certificate: string; readonly key: string }

const day = 86_400_000

export class TestAuthority {
  readonly #subject: string
  readonly #keys = generateKeyPairSync('ed25519')
  readonly certificate: string

  constructor(subject: string) {
    this.#subject = subject
    this.certificate = makeCertificate({ subject, keys: this.#keys, authority: true, ...lasting() })
  }

  /** Valid from yesterday until tomorrow, for these names, unless the changes say otherwise. */
  identity(names: readonly string[], changes: Partial<CertificateRequest> = {}): Identity {
    const keys = generateKeyPairSync('ed25519')
    const issuer = { subject: this.#subject, keys: this.#keys }
    const certificate = makeCertificate({ subject: names[0] ?? 'nobody', keys, issuer, names, ...lasting(), ...changes })
    return { certificate, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }
}

function lasting(): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) }
}
