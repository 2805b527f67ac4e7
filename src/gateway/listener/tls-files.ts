/**
 * The gateway's own certificates and private keys: PEM files that settings name. They are read when the gateway starts and looked at
 * again while it runs, because certificates are renewed every few weeks and a key must never be in a bundle.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Paths, as the settings give them; the key at an index belongs to the certificate there. */
export type TlsFiles = { readonly certificates: readonly string[]; readonly keys: readonly string[] }

/** One line for the operator, which names the setting. Never quotes what is in a file. */
export class TlsFileError extends Error {}

/** A certificate with its key, and perhaps the chain towards its authority. */
export type ServerCertificate = {
  /** PEM: what is sent in the handshake. */
  readonly chain: Buffer
  /** PEM. */
  readonly key: Buffer
  /** The first of the chain. */
  readonly leaf: X509Certificate
}

/** What stands in the files now, unjudged. */
export type TlsFileContents = { readonly certificates: readonly Buffer[]; readonly keys: readonly Buffer[] }

/** A certificate and a key have some KB; a path that leads elsewhere must not fill the memory. */
const maximumFile = 1024 * 1024

/** Throws a TlsFileError where one cannot be read. */
export function readTlsFiles({ certificates, keys }: TlsFiles): TlsFileContents {
  return {
    certificates: certificates.map((path) => readPem('POSTERN_TLS_CERT', path)),
    keys: keys.map((path) => readPem('POSTERN_TLS_KEY', path)),
  }
}

function readPem(setting: string, path: string): Buffer {
  let content: Buffer
  try {
    content = readFileSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown error'
    throw new TlsFileError(`${setting} names ${path}, which cannot be read (${code})`)
  }
  if (content.length > maximumFile) throw new TlsFileError(`${setting} names ${path}, which is larger than 1 MiB`)
  return content
}

export function sameContents(one: TlsFileContents, other: TlsFileContents): boolean {
  const same = (some: readonly Buffer[], others: readonly Buffer[]): boolean =>
    some.every((content, index) => others[index]?.equals(content) === true)
  return same(one.certificates, other.certificates) && same(one.keys, other.keys)
}

/** Throws a TlsFileError for whatever could not be used in a handshake. */
export function serverCertificates(files: TlsFiles, contents: TlsFileContents): readonly ServerCertificate[] {
  return contents.certificates.map((chain, index) => {
    const path = files.certificates[index]!
    const keyPath = files.keys[index]!
    const key = contents.keys[index]!
    const leaf = readCertificate(chain, path)
    if (!matches(leaf, key, keyPath)) {
      throw new TlsFileError(`POSTERN_TLS_KEY names ${keyPath}, which is not the key of the certificate in ${path}`)
    }
    return { chain, key, leaf }
  })
}

function readCertificate(pem: Buffer, path: string): X509Certificate {
  try {
    if (!pem.includes('-----BEGIN')) throw new Error('not PEM')
    return new X509Certificate(pem)
  } catch {
    throw new TlsFileError(`POSTERN_TLS_CERT names ${path}, which holds no PEM certificate`)
  }
}

function matches(leaf: X509Certificate, pem: Buffer, path: string): boolean {
  if (pem.includes('BEGIN ENCRYPTED PRIVATE KEY') || pem.includes('Proc-Type: 4,ENCRYPTED')) {
    throw new TlsFileError(
      `POSTERN_TLS_KEY names ${path}, whose key is encrypted: nobody is there to give a pass phrase when a gateway starts`,
    )
  }
  try {
    return leaf.checkPrivateKey(createPrivateKey(pem))
  } catch {
    throw new TlsFileError(`POSTERN_TLS_KEY names ${path}, which holds no PEM private key`)
  }
}
