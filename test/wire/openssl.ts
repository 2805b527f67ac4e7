/** Authorities and certificates as people make them: with the program openssl, in a folder of the test. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Issued } from './authority.ts'

export class OpensslAuthority {
  readonly #folder: string
  readonly #name: string

  /** `name`: of its files, and its common name. */
  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
    const constraints = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']
    openssl('req', '-x509', ...newKey, '-keyout', this.#file('key'), '-out', this.#file('pem'), '-subj', `/CN=${name}`, ...constraints)
  }

  get pem(): string {
    return readFileSync(this.#file('pem'), 'utf8')
  }

  /** `subject` as openssl takes it: `/C=DE/O=Acme/CN=partner`. `names`: `DNS:…`, `URI:…`, `email:…`. */
  issue(subject: string, names: readonly string[] = [], authority: 'authority' | 'client' = 'client'): Issued {
    const [key, request, extensions, out] = ['own.key', 'own.csr', 'own.cnf', 'own.pem'].map((file) => join(this.#folder, file))
    const lines = [
      authority === 'client' ? 'extendedKeyUsage=clientAuth' : 'basicConstraints=critical,CA:TRUE',
      ...(names.length === 0 ? [] : [`subjectAltName=${names.join(',')}`]),
    ]
    writeFileSync(extensions!, `${lines.join('\n')}\n`)
    openssl('req', ...newKey, '-keyout', key!, '-out', request!, '-subj', subject, '-utf8')
    const signed = ['-CA', this.#file('pem'), '-CAkey', this.#file('key'), '-set_serial', '1', '-days', '2']
    openssl('x509', '-req', '-in', request!, '-out', out!, '-extfile', extensions!, ...signed)
    return { cert: readFileSync(out!, 'utf8'), key: readFileSync(key!, 'utf8') }
  }

  /** Another authority that this one vouches for. */
  between(name: string): OpensslAuthority {
    const between = new OpensslAuthority(this.#folder, name)
    const { cert, key } = this.issue(`/CN=${name}`, [], 'authority')
    writeFileSync(between.#file('pem'), cert)
    writeFileSync(between.#file('key'), key)
    return between
  }

  #file(kind: 'key' | 'pem'): string {
    return join(this.#folder, `${this.#name}.${kind}`)
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']

/** @param argument e.g. `x509 -noout -subject`; what is read from `input` is a certificate. */
export function describeWithOpenssl(input: string, ...options: readonly string[]): string {
  return execFileSync('openssl', ['x509', '-noout', ...options], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }).trim()
}

function openssl(...options: readonly string[]): void {
  execFileSync('openssl', options, { stdio: ['ignore', 'ignore', 'pipe'] })
}
