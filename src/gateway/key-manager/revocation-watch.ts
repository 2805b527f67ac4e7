/** Looks on while a revocation request (RFC 7009 §2.1) goes to the key manager: which token it names, and whether it was granted. */
import type { ExchangeWatch } from '../exchange.ts'

/** Bytes of a form that are read; what is longer has its token somewhere else. */
const maxForm = 64 * 1024

export class RevocationWatch implements ExchangeWatch {
  readonly #revoked: (token: string | null) => void
  readonly #parts: Buffer[] = []
  #size: number = 0

  /** `revoked` is told the token, or null where the form does not say it in a way that is understood. */
  constructor(revoked: (token: string | null) => void) {
    this.#revoked = revoked
  }

  requestData(chunk: Buffer, start: number, end: number): void {
    this.#size += end - start
    // A copy: the gateway reads the next bytes into the same memory.
    if (this.#size <= maxForm) this.#parts.push(Buffer.from(chunk.subarray(start, end)))
  }

  answered(status: number): void {
    if (status < 200 || status > 299) return
    const form = this.#size > maxForm ? null : new URLSearchParams(Buffer.concat(this.#parts).toString('utf8'))
    this.#revoked(form?.get('token') || null)
  }
}
