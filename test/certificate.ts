/** Makes X.509 certificates (RFC 5280) for tests, as node:crypto only reads them. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { certificatePem, der, sequence, time } from '../src/cli/selftest/der.ts'

export type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }

export type CertificateRequest = {
  readonly subject: string
  readonly notBefore: Date
  readonly notAfter: Date
  /** Whose certificate it is; a new Ed25519 key without it. */
  readonly keys?: KeyPair
  /** Who signs it, with an Ed25519 or RSA key; itself without it. */
  readonly issuer?: { readonly subject: string; readonly keys: KeyPair }
  /** Host names and IPv4 addresses that it holds for (RFC 5280 §4.2.1.6). */
  readonly names?: readonly string[]
  /** Whether it says that its holder may vouch for others (RFC 5280 §4.2.1.9); it says nothing without it. */
  readonly authority?: boolean
  /** What alone it may be used for (RFC 5280 §4.2.1.12). */
  readonly purpose?: 'client' | 'server'
  /** The bits of the key usage, digitalSignature first (RFC 5280 §4.2.1.3). */
  readonly keyUsage?: number
  /** Further extensions, critical, by their identifier's bytes in hex. */
  readonly critical?: readonly string[]
  /** Where the issuer's key is an RSA key. */
  readonly hash?: 'sha1' | 'sha256'
}

/** The certificate as PEM. */
export function makeCertificate(request: CertificateRequest): string {
  const keys = request.keys ?? generateKeyPairSync('ed25519')
  const issuer = request.issuer ?? { subject: request.subject, keys }
  const rsa = issuer.keys.privateKey.asymmetricKeyType === 'rsa'
  const hash = request.hash ?? 'sha256'
  const algorithm = sequence(Buffer.from(rsa ? `06092a864886f70d0101${hash === 'sha1' ? '05' : '0b'}0500` : '06032b6570', 'hex'))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    nameOf(issuer.subject),
    sequence(time(request.notBefore), time(request.notAfter)),
    nameOf(request.subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    extensionsOf(request),
  )
  const signature = sign(rsa ? hash : null, body, issuer.keys.privateKey)
  return certificatePem(sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature]))))
}

function extensionsOf({ names, authority, purpose, keyUsage, critical = [] }: CertificateRequest): Buffer {
  const extensions: Buffer[] = []
  if (authority !== undefined) {
    const constraints = authority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence()
    extensions.push(sequence(Buffer.from([0x06, 3, 0x55, 0x1d, 0x13]), der(0x01, Buffer.from([0xff])), der(0x04, constraints)))
  }
  if (names !== undefined) {
    const general = names.map((name) => (isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name))))
    extensions.push(sequence(Buffer.from([0x06, 3, 0x55, 0x1d, 0x11]), der(0x04, sequence(...general))))
  }
  if (purpose !== undefined) {
    const id = der(0x06, Buffer.from([0x2b, 6, 1, 5, 5, 7, 3, purpose === 'client' ? 2 : 1]))
    extensions.push(sequence(Buffer.from([0x06, 3, 0x55, 0x1d, 0x25]), der(0x04, sequence(id))))
  }
  if (keyUsage !== undefined) {
    const bits = der(0x03, Buffer.from([0, keyUsage]))
    extensions.push(sequence(Buffer.from([0x06, 3, 0x55, 0x1d, 0x0f]), der(0x01, Buffer.from([0xff])), der(0x04, bits)))
  }
  for (const id of critical) {
    extensions.push(sequence(der(0x06, Buffer.from(id, 'hex')), der(0x01, Buffer.from([0xff])), der(0x04, sequence())))
  }
  return extensions.length === 0 ? Buffer.alloc(0) : der(0xa3, sequence(...extensions))
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(Buffer.from([0x06, 3, 0x55, 0x04, 0x03]), der(0x0c, Buffer.from(commonName)))))
}
