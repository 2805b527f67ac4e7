/**
 * Compares passwords with their digests, off the event loop and only so many at once. Every check costs one scrypt, whether the user is
 * known or not and whatever form the digest has: the time it takes tells nothing.
 */
import { createHash, scrypt, timingSafeEqual } from 'node:crypto'
import type { PasswordPlan } from '../../contract/plan/user.ts'

/** How many are computed at once, and how many wait. */
const concurrent = 2
const mostWaiting = 64

type Scrypt = Extract<PasswordPlan, { kind: 'scrypt' }>

/** Of what `postern token --password` makes. */
const usual: Scrypt = { kind: 'scrypt', cost: 16_384, blockSize: 8, parallelization: 1, salt: 'AAAAAAAAAAAAAAAAAAAAAA', hash: '' }

export class PasswordChecks {
  /** What is computed where there is no scrypt digest to compare with. */
  readonly #decoy: Scrypt
  readonly #waiting: (() => void)[] = []
  #running: number = 0

  constructor(passwords: readonly PasswordPlan[]) {
    this.#decoy = passwords.find((password) => password.kind === 'scrypt') ?? usual
  }

  /** `expected`: undefined for a user that does not exist. Returns undefined where too many are being checked. */
  check(password: string, expected: PasswordPlan | undefined): Promise<boolean> | undefined {
    if (this.#running >= concurrent && this.#waiting.length >= mostWaiting) return undefined
    return this.#run(password, expected)
  }

  async #run(password: string, expected: PasswordPlan | undefined): Promise<boolean> {
    if (this.#running >= concurrent) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      return await matches(password, expected, this.#decoy)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}

async function matches(password: string, expected: PasswordPlan | undefined, decoy: Scrypt): Promise<boolean> {
  const derived = await derive(password, expected?.kind === 'scrypt' ? expected : decoy)
  if (expected === undefined) return false
  if (expected.kind === 'scrypt') return timingSafeEqual(derived, Buffer.from(expected.hash, 'base64url'))
  return timingSafeEqual(createHash(expected.kind).update(password).digest(), Buffer.from(expected.hash, 'hex'))
}

function derive(password: string, { cost, blockSize, parallelization, salt, hash }: Scrypt): Promise<Buffer> {
  const length = Buffer.from(hash, 'base64url').length || 32
  // Node counts a little more than the 128 * N * r of RFC 7914.
  const options = { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize }
  return new Promise((resolve, reject) => {
    scrypt(password, Buffer.from(salt, 'base64url'), length, options, (error, derived) => {
      if (error === null) resolve(derived)
      else reject(error)
    })
  })
}
