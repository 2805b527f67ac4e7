/** An authority that signs certificates for servers and clients of a test. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CertificateRequest, type KeyPair, makeCertificate } from '../certificate.ts'

/** Both as PEM. */
export type Issued = { readonly cert: string; readonly key: string }

const day = 86_400_000

export class Authority {
  readonly subject: string
  readonly #keys: KeyPair = generateKeyPairSync('ed25519')
  /** Its own certificate, as PEM. */
  readonly pem: string

  constructor(subject = 'Test authority') {
    this.subject = subject
    this.pem = makeCertificate({ subject, ...validFor(365), keys: this.#keys, authority: true })
  }

  /** Valid since yesterday and until tomorrow, unless it says otherwise. */
  issue(subject: string, parts: Partial<Omit<CertificateRequest, 'keys' | 'issuer'>> = {}): Issued {
    const keys = generateKeyPairSync('ed25519')
    const issuer = { subject: this.subject, keys: this.#keys }
    const cert = makeCertificate({ subject, ...validFor(1), keys, issuer, ...parts })
    return { cert, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }

  /** Another one with the same name, which nobody was told of. */
  get impostor(): Authority {
    return new Authority(this.subject)
  }
}

/** Of a certificate in PEM, as tokens name it that are bound to it (RFC 8705 §3.1). */
export function thumbprintOf(pem: string): string {
  return Buffer.from(new X509Certificate(pem).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
}

function validFor(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now()
  return { notBefore: new Date(now - day), notAfter: new Date(now + days * day) }
}

/** Writes certificates and keys to a folder; returns the settings that name them. */
export function tlsSettings(folder: string, ...issued: readonly Issued[]): { POSTERN_TLS_CERT: string; POSTERN_TLS_KEY: string } {
  const written = issued.map(({ cert, key }, index) => {
    const paths = { cert: join(folder, `server-${index}.pem`), key: join(folder, `server-${index}.key.pem`) }
    writeFileSync(paths.cert, cert)
    writeFileSync(paths.key, key)
    return paths
  })
  return { POSTERN_TLS_CERT: written.map(({ cert }) => cert).join(','), POSTERN_TLS_KEY: written.map(({ key }) => key).join(', ') }
}
