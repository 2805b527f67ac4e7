/**
 * The capability `scrypt-api-key`: API keys that the project knows by slow digests, because people have thought of them. A key is compared
 * with each of those digests when it is first seen, off the event loop; after that a request costs one keyed digest. Who guesses is slowed
 * down by address, and so many guesses are computed at once, and no more.
 */
import { randomBytes } from 'node:crypto'
import type { PasswordPlan } from '../../contract/plan/user.ts'
import { type ApiKeyGrant, grantOf } from '../api-key-grant.ts'
import type { FoundKey, ScryptApiKeyCapability, SlowApiKeys } from '../capabilities/api-key.ts'
import type { Clock } from '../clock.ts'
import { Attempts } from '../guessing/attempts.ts'
import { PasswordChecks } from '../guessing/password-checks.ts'
import { KeyedHash } from '../keyed-hash.ts'

/** Attempts of one address before the first pause. */
const freeForAddress = 20

type SlowKey = { readonly digest: PasswordPlan; readonly grant: ApiKeyGrant }

export const scryptApiKeyCapability: ScryptApiKeyCapability = ({ plan, clock, revocations }) => {
  const slow = plan.apiKeys.flatMap((key) =>
    key.digest.kind === 'scrypt' ? [{ digest: key.digest, grant: grantOf(key, plan, revocations) }] : [],
  )
  return new SlowKeys(slow, clock)
}

class SlowKeys implements SlowApiKeys {
  readonly #keys: readonly SlowKey[]
  readonly #clock: Clock
  readonly #checks: PasswordChecks
  readonly #digests: KeyedHash = new KeyedHash(randomBytes(32))
  /** By keyed digest of the key: no more than there are keys. */
  readonly #good: Map<string, ApiKeyGrant> = new Map()
  readonly #pending: Map<string, Promise<FoundKey>> = new Map()
  readonly #attempts: Attempts = new Attempts(freeForAddress)

  constructor(keys: readonly SlowKey[], clock: Clock) {
    this.#keys = keys
    this.#clock = clock
    this.#checks = new PasswordChecks(keys.map(({ digest }) => digest))
  }

  find(text: string, address: string): FoundKey | Promise<FoundKey> {
    const digest = this.#digests.text(text)
    return this.#good.get(digest) ?? this.#pending.get(digest) ?? this.#start(text, digest, address)
  }

  #start(text: string, digest: string, address: string): FoundKey | Promise<FoundKey> {
    const now = this.#clock.monotonic()
    const pause = this.#attempts.pause(address, now)
    if (pause > 0) return pause
    this.#attempts.begin(address, now)
    const found = this.#compare(text)
      .then((key) => {
        if (typeof key !== 'object') return key
        this.#good.set(digest, key)
        this.#attempts.forgive(address, now)
        return key
      })
      .finally(() => this.#pending.delete(digest))
    this.#pending.set(digest, found)
    return found
  }

  /** With all of them, so that the time tells nothing. */
  async #compare(text: string): Promise<FoundKey> {
    let found: FoundKey = 'api-key-unknown'
    for (const { digest, grant } of this.#keys) {
      const right = this.#checks.check(text, digest)
      if (right === undefined) return 'api-key-busy'
      if (await right) found = grant
    }
    return found
  }
}
