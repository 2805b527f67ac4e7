/** Makes X.509 certificates (RFC 5280) for tests, as node:crypto only reads them. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }

export type CertificateRequest = {
  readonly subject: string
  readonly notBefore: Date
  readonly notAfter: Date
  /** Whose certificate it is; a new Ed25519 key without it. */
  readonly keys?: KeyPair
  /** Who signs it, with an Ed25519 key; itself without it. */
  readonly issuer?: { readonly subject: string; readonly keys: KeyPair }
}

/** The certificate as PEM. */
export function makeCertificate(request: CertificateRequest): string {
  const keys = request.keys ?? generateKeyPairSync('ed25519')
  const issuer = request.issuer ?? { subject: request.subject, keys }
  const algorithm = sequence(Buffer.from([0x06, 3, 0x2b, 0x65, 0x70]))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    nameOf(issuer.subject),
    sequence(time(request.notBefore), time(request.notAfter)),
    nameOf(request.subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign(null, body, issuer.keys.privateKey)
  const base64 = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature]))).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(Buffer.from([0x06, 3, 0x55, 0x04, 0x03]), der(0x0c, Buffer.from(commonName)))))
}

/** GeneralizedTime, which is right for any year here: OpenSSL reads it before 2050 as well. */
function time(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
