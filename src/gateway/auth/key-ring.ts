/** The keys of one issuer as they are now. Baked ones stay; fetched ones are replaced, by what the issuer gives out today. */
import type { KeyPlan } from '../../contract/plan/keys.ts'
import type { VerificationKey } from '../jws/signature.ts'
import { type IssuerKeys, importKeys } from './issuer-keys.ts'

export class KeyRing {
  /** `null` until the first set has been fetched. */
  current: IssuerKeys | null = null
  readonly #issuer: string
  /** By all that a plan says of them. */
  #known: ReadonlyMap<string, readonly VerificationKey[]> = new Map()

  constructor(issuer: string) {
    this.#issuer = issuer
  }

  /**
   * Resolves with how many were withdrawn; those say so from then on. A key that was there before stays the same, so that what it has
   * verified stays known. Rejects when a key cannot be used, and nothing is replaced then.
   */
  async replace(given: readonly KeyPlan[]): Promise<number> {
    const before = this.#known
    const plans = withoutRepeated(given)
    const imported = await importKeys(this.#issuer, plans, (plan) => before.get(identityOf(plan)))
    this.#known = new Map(plans.map((plan, index) => [identityOf(plan), imported.keys[index]!]))
    this.current = imported
    const withdrawn = [...before].filter(([identity]) => !this.#known.has(identity)).map(([, keys]) => keys)
    for (const key of withdrawn.flat()) key.withdrawn = true
    return withdrawn.length
  }
}

/** A key without id may stand there twice; two of one id are an error of another place. */
function withoutRepeated(plans: readonly KeyPlan[]): readonly KeyPlan[] {
  const identities = plans.map(identityOf)
  return plans.filter(({ kid }, index) => kid !== null || identities.indexOf(identities[index]!) === index)
}

/** `kid` and algorithms too: a key under another name is another key to those who name it. */
function identityOf({ kid, algorithms, jwk }: KeyPlan): string {
  const members = Object.entries(jwk).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([kid, algorithms, members])
}
