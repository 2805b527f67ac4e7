/** What is known of one nonce: enough to authorise request after request with it (RFC 7616 §3.4). */
import crypto, { createHash, randomBytes } from 'node:crypto'
import type { DigestAlgorithm } from '../../contract/plan/backend-credential.ts'
import type { BackendRequest } from '../upstream/backend.ts'
import type { DigestChallenge } from './digest-challenge.ts'

export type DigestUser = { readonly user: string; readonly password: string }

/** As node:crypto names them. */
const hashes: Readonly<Record<DigestAlgorithm, string>> = { 'SHA-512-256': 'sha512-256', 'SHA-256': 'sha256', MD5: 'md5' }

/** RFC 7616 §3.4: eight hex digits. */
const maximumCount = 0xffffffff

export class DigestSession {
  readonly challenge: DigestChallenge
  /** The backend has taken an answer made with it. */
  proven: boolean = false
  readonly #hash: string
  /** One for all requests with this nonce: so the keys of `-sess` are made once, whichever way the RFC is read. */
  readonly #cnonce: string
  /** H(A1). */
  readonly #key: string
  readonly #beginning: string
  readonly #end: string
  #count: number = 0

  constructor(challenge: DigestChallenge, holder: DigestUser, cnonce: string = randomBytes(18).toString('base64url')) {
    const { algorithm, nonce, session } = challenge
    this.challenge = challenge
    this.#hash = hashes[algorithm]
    this.#cnonce = cnonce
    const key = this.#secret(holder)
    this.#key = session ? this.#digest(`${key}:${nonce}:${cnonce}`) : key
    const { realm, opaque, algorithmText, qop, userhash } = challenge
    this.#beginning = `Authorization: Digest ${this.#userField(holder.user, realm, userhash)}, realm="${realm}", nonce="${nonce}", uri="`
    this.#end =
      `, cnonce="${cnonce}", qop=${qop}` +
      (algorithmText === null ? '' : `, algorithm=${algorithmText}`) +
      (opaque === null ? '' : `, opaque="${opaque}"`) +
      `${userhash ? ', userhash=true' : ''}\r\n`
  }

  /** No request more can be counted. */
  get spent(): boolean {
    return this.#count >= maximumCount
  }

  /** The field line for a request, whose target has no quotes. `body`: its content, where `qop` is `auth-int`. */
  line({ method, target }: Pick<BackendRequest, 'method' | 'target'>, body: string | readonly Buffer[] | null): string {
    const { nonce, qop } = this.challenge
    const count = (++this.#count).toString(16).padStart(8, '0')
    const message = this.#digest(qop === 'auth' ? `${method}:${target}` : `${method}:${target}:${this.#bodyHash(body ?? '')}`)
    const response = this.#digest(`${this.#key}:${nonce}:${count}:${this.#cnonce}:${qop}:${message}`)
    return `${this.#beginning}${target}", response="${response}", nc=${count}${this.#end}`
  }

  /** The same with the next nonce, which the backend has given with an answer. */
  next(nonce: string, holder: DigestUser): DigestSession {
    const session = new DigestSession({ ...this.challenge, nonce }, holder)
    session.proven = this.proven
    return session
  }

  #digest(text: string): string {
    return crypto.hash(this.#hash, text, 'hex')
  }

  #bodyHash(body: string | readonly Buffer[]): string {
    const digest = createHash(this.#hash)
    if (typeof body === 'string') digest.update(body, 'latin1')
    else for (const piece of body) digest.update(piece)
    return digest.digest('hex')
  }

  /** H(user:realm:password). The realm goes in as the bytes that came. */
  #secret({ user, password }: DigestUser): string {
    const { realm } = this.challenge
    return createHash(this.#hash).update(`${user}:`).update(realm, 'latin1').update(`:${password}`).digest('hex')
  }

  #userField(user: string, realm: string, userhash: boolean): string {
    if (userhash) return `username="${createHash(this.#hash).update(`${user}:`).update(realm, 'latin1').digest('hex')}"`
    return /^[\x20-\x7e]*$/.test(user) ? `username="${user}"` : `username*=UTF-8''${encoded(user)}`
  }
}

/** RFC 8187 §3.2.1. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
