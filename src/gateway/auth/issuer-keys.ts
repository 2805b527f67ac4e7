/** The verification keys of one issuer, imported once, each bound to the algorithms that it may be used with (RFC 8725 §3.1). */
import { KeyObject } from 'node:crypto'
import { type CryptoKey, errors, flattenedVerify, importJWK } from 'jose'
import type { JwtAlgorithm, KeyPlan } from '../../contract/plan/keys.ts'
import { fitsAlgorithm, type VerificationKey, verificationKey } from '../jws/signature.ts'

export type IssuerKeys = {
  /** For each plan, one for each of its algorithms. */
  readonly keys: readonly (readonly VerificationKey[])[]
  readonly byId: ReadonlyMap<string, readonly VerificationKey[]>
  readonly withoutId: readonly VerificationKey[]
  /** Every key, for tokens that do not say which. */
  readonly all: readonly VerificationKey[]
}

/** Keys that are tried for a token without `kid`: what a forged token may cost is bounded. */
export const maxKeysTried = 8

/**
 * Rejects, naming issuer and key, when a key cannot be used.
 * @param known the keys of a plan, where they were imported before.
 */
export async function importKeys(
  issuer: string,
  plans: readonly KeyPlan[],
  known: (plan: KeyPlan) => readonly VerificationKey[] | undefined = () => undefined,
): Promise<IssuerKeys> {
  const keys = await Promise.all(plans.map(async (plan) => known(plan) ?? (await importKey(issuer, plan))))
  const byId = new Map<string, readonly VerificationKey[]>()
  for (const [index, { kid }] of plans.entries()) {
    if (kid === null) continue
    if (byId.has(kid)) throw new Error(`The issuer ${issuer} has two keys with the id ${JSON.stringify(kid)}.`)
    byId.set(kid, keys[index]!)
  }
  return { keys, byId, withoutId: keys.filter((_, index) => plans[index]!.kid === null).flat(), all: keys.flat() }
}

async function importKey(issuer: string, plan: KeyPlan): Promise<readonly VerificationKey[]> {
  try {
    return await Promise.all(plan.algorithms.map((algorithm) => importFor(plan, algorithm)))
  } catch (error) {
    const name = plan.kid === null ? 'A key without id' : `The key ${JSON.stringify(plan.kid)}`
    throw new Error(`${name} of the issuer ${issuer} cannot be used.`, { cause: error })
  }
}

async function importFor(plan: KeyPlan, algorithm: JwtAlgorithm): Promise<VerificationKey> {
  const imported = await importJWK({ ...plan.jwk }, algorithm)
  if (imported instanceof Uint8Array || imported.type !== 'public') throw new Error('It is not a public key.')
  await assertUsable(imported, algorithm)
  const key = KeyObject.from(imported)
  if (!fitsAlgorithm(algorithm, key)) throw new Error('It is not a key for its algorithm.')
  return verificationKey(algorithm, key, plan.kid)
}

/** A second opinion, at start: a key that jose would refuse to verify with (too short, wrong use) is not used. */
async function assertUsable(key: CryptoKey, algorithm: JwtAlgorithm): Promise<void> {
  const header = Buffer.from(JSON.stringify({ alg: algorithm })).toString('base64url')
  try {
    await flattenedVerify({ protected: header, payload: '', signature: 'AAAA' }, key, { algorithms: [algorithm] })
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return
    throw error
  }
  throw new Error('It accepts a signature that nobody made.')
}
