/**
 * A backend that asks for Digest (RFC 7616), written from the RFC for tests, without a line of the gateway's. It refuses what a strict
 * server refuses: a nonce it did not give, a count that it has seen, a digest of another target, method or body.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type BackendRequest, echo, type Handler } from './backend.ts'

export type GuardOptions = {
  readonly user?: string
  readonly password?: string
  readonly realm?: string
  readonly algorithm?: 'MD5' | 'SHA-256' | 'SHA-512-256' | 'MD5-sess' | 'SHA-256-sess' | 'SHA-512-256-sess'
  readonly qop?: string
  readonly userhash?: boolean
  /** Requests for which a nonce is good. */
  readonly uses?: number
  /** The next nonce is given with each answer. */
  readonly nextNonce?: boolean
  /** A nonce that is no longer good is said to be stale. */
  readonly saysStale?: boolean
}

type Nonce = { readonly counts: Set<string>; left: number }

export class DigestGuard {
  readonly #options: Required<GuardOptions>
  readonly #nonces: Map<string, Nonce> = new Map()
  readonly opaque: string = randomBytes(8).toString('hex')
  password: string
  /** What was answered, in order. */
  readonly verdicts: ('challenged' | 'stale' | 'wrong' | 'right')[] = []
  /** Counts of the good requests, in order. */
  readonly counts: number[] = []

  constructor(options: GuardOptions = {}) {
    this.#options = {
      user: 'gateway',
      password: 'open: "sesame"',
      realm: 'the realm',
      algorithm: 'SHA-256',
      qop: 'auth',
      userhash: false,
      uses: Number.POSITIVE_INFINITY,
      nextNonce: false,
      saysStale: true,
      ...options,
    }
    this.password = this.#options.password
  }

  /** Forgets all nonces. */
  expire(): void {
    this.#nonces.clear()
  }

  readonly handler: Handler = async (request) => {
    const body = await request.whole
    const verdict = this.#judge(request, body)
    this.verdicts.push(verdict)
    if (verdict !== 'right') return void request.respond('no', [this.#challenge(verdict)], '401 Unauthorized')
    if (!this.#options.nextNonce) return void (await echo(request))
    const seen = {
      method: request.method,
      target: request.target,
      version: request.version,
      fields: request.fields,
      body: body.toString('latin1'),
    }
    request.respond(JSON.stringify(seen), [`Authentication-Info: nextnonce="${this.#nonce()}", qop=auth`])
  }

  #nonce(): string {
    const nonce = randomBytes(12).toString('base64')
    this.#nonces.set(nonce, { counts: new Set(), left: this.#options.uses })
    return nonce
  }

  #challenge(verdict: 'challenged' | 'stale' | 'wrong'): string {
    const { realm, qop, algorithm, userhash, saysStale } = this.#options
    return (
      `WWW-Authenticate: Digest realm="${realm}", qop="${qop}", algorithm=${algorithm}, nonce="${this.#nonce()}", opaque="${this.opaque}"` +
      `${userhash ? ', userhash=true' : ''}${verdict === 'stale' && saysStale ? ', stale=true' : ''}`
    )
  }

  #judge(request: BackendRequest, body: Buffer): 'challenged' | 'stale' | 'wrong' | 'right' {
    const { realm, qop, algorithm, userhash, user } = this.#options
    const field = request.field('authorization')
    if (field === undefined) return 'challenged'
    const given = new Map<string, string>()
    for (const [, name, quotedText, text] of field.matchAll(/([a-z*]+)=(?:"([^"]*)"|([^\s,"]+))/g)) given.set(name!, quotedText ?? text!)
    const value = (name: string): string => given.get(name) ?? ''
    const H = (...parts: readonly (string | Buffer)[]): string => {
      const hash = createHash(algorithm.replace('-sess', '').replace('SHA-512-256', 'sha512-256').replace('SHA-256', 'sha256'))
      for (const [index, part] of parts.entries()) hash.update(index === 0 ? '' : ':').update(part)
      return hash.digest('hex')
    }
    const named = userhash ? H(user, realm) : user
    const says = value('username') === named || value('username*') === `UTF-8''${encodeURIComponent(user)}`
    if (!field.startsWith('Digest ') || !says || value('realm') !== realm || value('opaque') !== this.opaque) return 'wrong'
    if (value('uri') !== request.target || value('algorithm') !== algorithm || !qop.split(/,\s*/).includes(value('qop'))) return 'wrong'
    if (!/^[0-9a-f]{8}$/.test(value('nc')) || value('cnonce') === '') return 'wrong'
    const key = H(user, realm, this.password)
    const a1 = algorithm.endsWith('-sess') ? H(key, value('nonce'), value('cnonce')) : key
    const a2 = value('qop') === 'auth-int' ? H(request.method, request.target, H(body)) : H(request.method, request.target)
    if (H(a1, value('nonce'), value('nc'), value('cnonce'), value('qop'), a2) !== value('response')) return 'wrong'
    const nonce = this.#nonces.get(value('nonce'))
    if (nonce === undefined || nonce.left === 0) return 'stale'
    if (nonce.counts.has(value('nc'))) return 'wrong'
    nonce.counts.add(value('nc'))
    nonce.left--
    this.counts.push(Number.parseInt(value('nc'), 16))
    return 'right'
  }
}
