/**
 * What gateways tell each other of a token, as it lies where others can read and write: under a name that only who has the secret can make
 * of the token, and in a form that only they can read or could have written.
 */
import crypto from 'node:crypto'
import type { Claims } from '../claims.ts'

export type SharedAnswer = {
  /** Milliseconds since the epoch, by the clock of the gateway that asked. */
  readonly answeredAt: number
  /** `null`: the token is not good. */
  readonly claims: Claims | null
}

const version = 1
const ivLength = 12
const tagLength = 16
const headLength = 1 + ivLength + tagLength

export class SealedAnswers {
  readonly #nameKey: Buffer
  readonly #valueKey: Buffer
  readonly #context: string

  /** `context`: whose tokens they are, and who is told about them by whom. Answers are for those alone who have the same. */
  constructor(secret: string, context: readonly string[]) {
    this.#nameKey = derived(secret, 'postern introspection name')
    this.#valueKey = derived(secret, 'postern introspection value')
    this.#context = JSON.stringify(context)
  }

  /** @param token of characters that JSON does not escape, so that the context ends where it ends. */
  name(token: string): string {
    return `postern:introspection:${hmac(this.#nameKey, `${this.#context}\n${token}`).toString('base64url')}`
  }

  seal(name: string, answer: SharedAnswer): string {
    const iv = crypto.randomBytes(ivLength)
    const cipher = crypto.createCipheriv('aes-256-gcm', this.#keyOf(name), iv, { authTagLength: tagLength })
    const sealed = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), sealed]).toString('base64')
  }

  /** `null`: nobody who has the secret wrote this under this name. */
  open(name: string, text: string): SharedAnswer | null {
    const bytes = Buffer.from(text, 'base64')
    if (bytes.length <= headLength || bytes[0] !== version) return null
    try {
      const iv = bytes.subarray(1, 1 + ivLength)
      const decipher = crypto.createDecipheriv('aes-256-gcm', this.#keyOf(name), iv, { authTagLength: tagLength })
      decipher.setAuthTag(bytes.subarray(1 + ivLength, headLength))
      const opened = Buffer.concat([decipher.update(bytes.subarray(headLength)), decipher.final()])
      // Its tag says that `seal` wrote it.
      return JSON.parse(opened.toString('utf8')) as SharedAnswer
    } catch {
      return null
    }
  }

  /** Each name has a key of its own: what lies under one is worth nothing under another. */
  #keyOf(name: string): Buffer {
    return hmac(this.#valueKey, name)
  }
}

/** HKDF, RFC 5869. */
function derived(secret: string, use: string): Buffer {
  return Buffer.from(crypto.hkdfSync('sha256', secret, '', use, 32))
}

function hmac(key: Buffer, text: string): Buffer {
  return crypto.createHmac('sha256', key).update(text, 'utf8').digest()
}
