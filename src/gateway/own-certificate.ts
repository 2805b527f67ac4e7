/**
 * The gateway's own certificate towards backends and other services, from files that settings name. Certificates are renewed every few weeks, so that files
 * which have changed are read again when a connection is opened; a bad pair never takes the place of a good one.
 */
import { readFileSync, statSync } from 'node:fs'
import type { SecureContext } from 'node:tls'
import { StartError } from './settings.ts'
import type { ClientCertificateFiles } from './upstream/dial.ts'

type Pair = { readonly cert: Buffer; readonly key: Buffer }

export class OwnCertificate {
  readonly #files: ClientCertificateFiles
  readonly #make: (pair: Pair) => SecureContext
  readonly #warn: (problem: string) => void
  #context: SecureContext
  /** What the files looked like when they were last read. */
  #state: string

  /** Throws a StartError where the files cannot be used. */
  constructor(files: ClientCertificateFiles, make: (pair: Pair) => SecureContext, warn: (problem: string) => void) {
    this.#files = files
    this.#make = make
    this.#warn = warn
    try {
      this.#state = this.#look()
      this.#context = this.#read()
    } catch (error) {
      throw new StartError(`${files.settings}: ${problemOf(error)}`)
    }
  }

  /** Made anew only where a file has changed. */
  current(): SecureContext {
    let state = ''
    try {
      state = this.#look()
      if (state === this.#state) return this.#context
      this.#context = this.#read()
    } catch (error) {
      // Said once for each state of the files, not at each connection.
      if (state !== this.#state) this.#warn(`${this.#files.settings}: ${problemOf(error)}`)
    }
    this.#state = state
    return this.#context
  }

  #look(): string {
    return [this.#files.certificate, this.#files.key]
      .map((path) => {
        const { mtimeMs, size, ino } = statSync(path)
        return `${mtimeMs} ${size} ${ino}`
      })
      .join(' ')
  }

  #read(): SecureContext {
    return this.#make({ cert: readFileSync(this.#files.certificate), key: readFileSync(this.#files.key) })
  }
}

/** Neither Node's text nor OpenSSL's is repeated: the paths are the operator's, and the key's content nobody's. */
function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^E[A-Z]+$/.test(code)) return `the file of the certificate or of its key cannot be read: ${code}`
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return 'the key is not that of the certificate'
  return 'the files do not hold a certificate and its unencrypted key as PEM'
}
