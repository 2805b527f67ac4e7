/**
 * Which certificate a client is shown, by the name that it asks for (Server Name Indication, RFC 6066 §3). The files are looked at again
 * every few seconds: a good change holds for the handshakes that follow, and no connection notices. Contents are compared, not dates,
 * and nothing is watched: in Kubernetes a mounted secret is a link to a folder, and a new secret turns the link.
 */
import type { SecureContext } from 'node:tls'
import type { Log } from '../observability/log.ts'
import type { ServerCertificateFigures } from '../observability/tls-metrics.ts'
import { distinguishedName } from './certificate-of.ts'
import {
  readTlsFiles,
  type ServerCertificate,
  sameContents,
  serverCertificates,
  type TlsFileContents,
  TlsFileError,
  type TlsFiles,
} from './tls-files.ts'

/** Milliseconds between two looks at the files. */
const lookEvery = 5_000

/** Makes what a handshake needs; throws where OpenSSL does not take the certificate or its key. */
export type MakeContext = (certificate: ServerCertificate) => SecureContext

type Identity = ServerCertificate & { readonly context: SecureContext }

export class TlsCertificates implements ServerCertificateFigures {
  readonly #files: TlsFiles
  readonly #makeContext: MakeContext
  readonly #log: Log
  #contents: TlsFileContents
  #identities: readonly Identity[]
  #nextLook: number
  /** Why the files as they are now were refused; logged once. */
  #refused: string = ''
  reloads: number = 0
  failedReloads: number = 0

  /** `now` is monotonic. Throws a TlsFileError. */
  constructor(files: TlsFiles, makeContext: MakeContext, log: Log, now: number) {
    this.#files = files
    this.#makeContext = makeContext
    this.#log = log
    this.#contents = readTlsFiles(files)
    this.#identities = this.#identitiesOf(this.#contents)
    this.#nextLook = now + lookEvery
  }

  /** For clients that ask for no name, or for one that no certificate has. */
  get default(): ServerCertificate {
    return this.#identities[0]!
  }

  get expiries(): readonly { readonly subject: string; readonly notAfter: number }[] {
    return this.#identities.map(({ leaf }) => ({ subject: distinguishedName(leaf.subject), notAfter: leaf.validToDate.getTime() / 1000 }))
  }

  /**
   * `undefined`: the default. Names are those of subjectAltName alone, exact before wildcard, and a wildcard is the whole left-most
   * label (RFC 9525 §6.3).
   */
  contextFor(serverName: string): SecureContext | undefined {
    if (!/^[A-Za-z0-9._-]{1,253}$/.test(serverName)) return undefined
    const named = (wildcards: boolean): Identity | undefined =>
      this.#identities.find(
        ({ leaf }) => leaf.checkHost(serverName, { subject: 'never', wildcards, partialWildcards: false }) !== undefined,
      )
    return (named(false) ?? named(true))?.context
  }

  /** Called a few times a second. True when the certificates were replaced. */
  sweep(now: number): boolean {
    if (now < this.#nextLook) return false
    this.#nextLook = now + lookEvery
    try {
      return this.#look()
    } catch (error) {
      if (!(error instanceof TlsFileError)) throw error
      this.#refuse(error.message)
      return false
    }
  }

  #look(): boolean {
    const contents = readTlsFiles(this.#files)
    const changed = !sameContents(contents, this.#contents)
    if (changed) {
      this.#identities = this.#identitiesOf(contents)
      this.#contents = contents
      this.reloads++
      for (const { leaf } of this.#identities) {
        this.#log.event('info', 'certificate-reloaded', {
          subject: distinguishedName(leaf.subject),
          notAfter: leaf.validToDate.toISOString(),
        })
      }
    }
    this.#refused = ''
    return changed
  }

  #refuse(why: string): void {
    if (why === this.#refused) return
    this.#refused = why
    this.failedReloads++
    this.#log.event('error', 'certificate-not-reloaded', { why })
  }

  #identitiesOf(contents: TlsFileContents): readonly Identity[] {
    return serverCertificates(this.#files, contents).map((certificate, index) => {
      try {
        return { ...certificate, context: this.#makeContext(certificate) }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : 'unknown error'
        throw new TlsFileError(`POSTERN_TLS_CERT names ${this.#files.certificates[index]}, which OpenSSL does not take (${code})`)
      }
    })
  }
}
