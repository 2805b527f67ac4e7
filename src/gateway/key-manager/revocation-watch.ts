/** Looks on while a revocation request (RFC 7009 §2.1) goes to the key manager: which token it names, and whether it was granted. */
import type { ExchangeWatch } from '../exchange.ts'

/** Bytes of a form that are read; what is longer has its token somewhere else. */
const maxForm = 64 * 1024

/** A request names one; which of several the key manager takes, nobody here knows. */
const maxTokens = 8

export class RevocationWatch implements ExchangeWatch {
  readonly #revoked: (token: string | null) => void
  readonly #query: string
  readonly #parts: Buffer[] = []
  #size: number = 0

  /**
   * `revoked` is told every token that the request names, or null where it does not say it in a way that is understood.
   * @param query of the request, `?` included, or empty.
   */
  constructor(query: string, revoked: (token: string | null) => void) {
    this.#query = query
    this.#revoked = revoked
  }

  requestData(chunk: Buffer, start: number, end: number): void {
    this.#size += end - start
    // A copy: the gateway reads the next bytes into the same memory.
    if (this.#size <= maxForm) this.#parts.push(Buffer.from(chunk.subarray(start, end)))
  }

  answered(status: number): void {
    if (status < 200 || status > 299) return
    const tokens = this.#tokens()
    if (tokens.size === 0) this.#revoked(null)
    for (const token of tokens) this.#revoked(token)
  }

  /** Empty where it may be any. */
  #tokens(): ReadonlySet<string> {
    if (this.#size > maxForm) return new Set()
    const inForm = new URLSearchParams(Buffer.concat(this.#parts).toString('utf8')).getAll('token')
    const all = new Set([...inForm, ...new URLSearchParams(this.#query).getAll('token')])
    return all.has('') || all.size > maxTokens ? new Set() : all
  }
}
