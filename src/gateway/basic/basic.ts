/**
 * The capability `basic`: users with passwords. A pair is checked when it is first seen; after that a request costs one digest. What is
 * remembered are keyed digests of good pairs, at most one for each user.
 */
import { randomBytes } from 'node:crypto'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { PasswordPlan } from '../../contract/plan/user.ts'
import type { BasicCapability } from '../capabilities/basic.ts'
import type { CredentialAuthentication } from '../capabilities/credentials.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { Consumer } from '../consumer.ts'
import { type CredentialFailure, type CredentialRefusals, credentialRefusals } from '../credential-refusals.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { Grant } from '../grant.ts'
import { Attempts } from '../guessing/attempts.ts'
import { PasswordChecks } from '../guessing/password-checks.ts'
import { requestSlots } from '../http1/request-fields.ts'
import { KeyedHash } from '../keyed-hash.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { scopeBits, scopeTable } from '../scope-bits.ts'
import { encodedPair, readPair } from './basic-credentials.ts'

/** Attempts before the first pause: for a user from one address; from one address, which several users may share; and for a user from all. */
const freeForPair = 5
const freeForAddress = 20
/** NIST SP 800-63B, section 5.2.2. Low, it would let whoever knows a name keep its user out. */
const freeForUser = 100

type KnownUser = Grant & { readonly password: PasswordPlan }

/** What checking a pair came to; a number is a pause in milliseconds. */
type Checked = KnownUser | 'basic-wrong' | 'basic-busy' | number

export const basicCapability: BasicCapability = (surroundings) => new BasicAuthentication(surroundings)

class BasicAuthentication implements CredentialAuthentication {
  readonly #surroundings: Surroundings
  readonly #users: ReadonlyMap<string, KnownUser>
  readonly #checks: PasswordChecks
  readonly #counts: CredentialCounts
  readonly #digests: KeyedHash = new KeyedHash(randomBytes(32))
  /** By keyed digest of the pair; and each user's own, since one password can be composed in many ways. */
  readonly #good: Map<string, KnownUser> = new Map()
  readonly #remembered: Map<KnownUser, string> = new Map()
  readonly #pending: Map<string, Promise<Checked>> = new Map()
  readonly #byPair: Attempts = new Attempts(freeForPair)
  readonly #byAddress: Attempts = new Attempts(freeForAddress)
  readonly #byUser: Attempts = new Attempts(freeForUser)

  constructor(surroundings: Surroundings) {
    const { plan } = surroundings
    const table = scopeTable(plan.scopes)
    this.#surroundings = surroundings
    this.#counts = surroundings.metrics.credentials('basic')
    this.#users = new Map(
      plan.users.map(({ name, password, scopes }) => [
        name,
        {
          tier: null,
          scopeBits: scopeBits(table, scopes),
          consumer: new Consumer(`user:${name}`),
          keyType: null,
          user: name,
          claims: { sub: name, scope: scopes.map((scope) => plan.scopes[scope]!).join(' ') },
          marks: null,
          expiresAt: Number.POSITIVE_INFINITY,
          password,
        },
      ]),
    )
    this.#checks = new PasswordChecks(plan.users.map(({ password }) => password))
  }

  authenticate({ security }: OperationPlan): Step | null {
    if (security.kind !== 'credentials' || security.alternatives.every(({ basic }) => basic === null)) return null
    const refusals = credentialRefusals(security, this.#surroundings.plan.name)
    // Then the token's step has judged what is no password.
    const tokensBeside = security.header === 'authorization' && security.alternatives.some(({ token }) => token !== null)
    return (exchange) => {
      const value = exchange.head.value(requestSlots.authorization)
      if (value === undefined) return undefined
      const encoded = encodedPair(value)
      if (encoded === undefined) return tokensBeside ? undefined : this.#refuse('scheme', refusals)
      const digest = this.#digests.text(encoded)
      const user = this.#good.get(digest)
      return user === undefined ? this.#notKnown(exchange, encoded, digest, refusals) : this.#admit(exchange, user)
    }
  }

  #notKnown(
    exchange: Exchange,
    encoded: string,
    digest: string,
    refusals: CredentialRefusals,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    const pair = readPair(encoded)
    if (pair === undefined) return this.#refuse('basic-malformed', refusals)
    const checking = this.#pending.get(digest) ?? this.#startChecking(exchange.caller.key, pair.name, pair.password, digest)
    return checking instanceof Promise
      ? checking.then((checked) => this.#conclude(checked, exchange, refusals))
      : this.#conclude(checking, exchange, refusals)
  }

  #conclude(checked: Checked, exchange: Exchange, refusals: CredentialRefusals): Refusal | undefined {
    if (typeof checked === 'string') return this.#refuse(checked, refusals)
    if (typeof checked === 'object') return this.#admit(exchange, checked)
    const refusal = this.#refuse('basic-attempts', refusals)
    return { ...refusal, fields: `Retry-After: ${Math.ceil(checked / 1000)}\r\n` }
  }

  #startChecking(address: string, name: string, password: string, digest: string): Checked | Promise<Checked> {
    const now = this.#surroundings.clock.monotonic()
    const pair = `${address} ${name}`
    const pause = Math.max(this.#byPair.pause(pair, now), this.#byAddress.pause(address, now), this.#byUser.pause(name, now))
    if (pause > 0) return pause
    const user = this.#users.get(name)
    const checking = this.#checks.check(password, user?.password)
    if (checking === undefined) return 'basic-busy'
    this.#byPair.begin(pair, now)
    this.#byAddress.begin(address, now)
    // One address alone, which is slowed down from here on, never uses up what its user has from all.
    const counted = this.#byPair.pause(pair, now) === 0
    if (counted) this.#byUser.begin(name, now)
    const checked = checking
      .then((right): Checked => {
        if (!right || user === undefined) return 'basic-wrong'
        this.#remember(user, digest)
        this.#byPair.forgive(pair, now)
        this.#byAddress.forgive(address, now)
        if (counted) this.#byUser.forgive(name, now)
        return user
      })
      .finally(() => this.#pending.delete(digest))
    this.#pending.set(digest, checked)
    return checked
  }

  #remember(user: KnownUser, digest: string): void {
    const last = this.#remembered.get(user)
    if (last !== undefined) this.#good.delete(last)
    this.#remembered.set(user, digest)
    this.#good.set(digest, user)
  }

  #refuse(reason: CredentialFailure, refusals: CredentialRefusals): Refusal {
    this.#counts.refused(reason)
    return refusals[reason]
  }

  /** A token or an API key says more exactly who is calling. */
  #admit(exchange: Exchange, user: KnownUser): undefined {
    this.#counts.accepted++
    exchange.user = user
    if ((exchange.token?.consumer ?? null) === null && exchange.apiKey === null) exchange.consumer = user.consumer
    return undefined
  }
}
