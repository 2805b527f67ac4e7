/** Who signs API keys, with which keys: RFC 7515, RFC 8725 §3. */
import { createPublicKey } from 'node:crypto'
import type { ApiKeyIssuerPlan } from '../../contract/plan/api-key.ts'
import type { JwtAlgorithm, KeyPlan } from '../../contract/plan/keys.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { CredentialFailure } from '../credential-refusals.ts'
import { type JsonObject, ownMember } from '../json-object.ts'
import { type CompactJws, typeOf } from '../jws/compact-jws.ts'
import { fitsAlgorithm, type VerificationKey, verificationKey } from '../jws/signature.ts'
import { type SignedKey, SignedKeyReader } from './signed-key.ts'

/** Keys that are tried for one without `kid`: what a forged one may cost is bounded. */
const maxKeysTried = 8

/** `signer`: the key of its issuer that has signed it. */
type VerifiedKey = { readonly key: SignedKey; readonly signer: VerificationKey }

export class KeyIssuer {
  readonly #keys: readonly VerificationKey[]
  /** Its access tokens have the same `iss`: only what calls itself a key is one. */
  readonly #typed: boolean
  readonly #reader: SignedKeyReader

  constructor(plan: ApiKeyIssuerPlan, gateway: GatewayPlan) {
    this.#keys = plan.keys.flatMap((key) => key.algorithms.map((algorithm) => importKey(plan.issuer, key, algorithm)))
    this.#typed = plan.typed
    this.#reader = new SignedKeyReader(plan, gateway)
  }

  verify({ header, claims, signed, signature }: CompactJws): VerifiedKey | CredentialFailure {
    const keys = this.#candidates(header)
    if (keys.length === 0) return 'api-key-unknown'
    const signer = keys.find(({ verifies }) => verifies(signed, signature))
    if (signer === undefined) return 'api-key-signature'
    if (!this.#isKey(header, claims)) return 'api-key-kind'
    const key = this.#reader.read(claims)
    return typeof key === 'string' ? key : { key, signer }
  }

  /** None for a header that asks for what is not understood. `jku`, `jwk`, `x5u` and `x5c` are never looked at. */
  #candidates(header: JsonObject): readonly VerificationKey[] {
    if (ownMember(header, 'crit') !== undefined || ownMember(header, 'b64') !== undefined) return []
    const algorithm = ownMember(header, 'alg')
    const kid = ownMember(header, 'kid')
    const named = this.#keys.filter((key) => key.kid === kid)
    // A key that came without an id (PEM) may have any.
    const candidates = kid === undefined ? this.#keys : named.length > 0 ? named : this.#keys.filter((key) => key.kid === null)
    return candidates.filter((key) => key.algorithm === algorithm).slice(0, maxKeysTried)
  }

  #isKey(header: JsonObject, claims: JsonObject): boolean {
    const type = typeOf(header)
    const said = ownMember(claims, 'token_type')
    if (type !== undefined && type !== 'jwt') return false
    return said === undefined ? !this.#typed : typeof said === 'string' && said.toLowerCase() === 'apikey'
  }
}

function importKey(issuer: string, { kid, jwk }: KeyPlan, algorithm: JwtAlgorithm): VerificationKey {
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  if (!fitsAlgorithm(algorithm, key)) throw new Error(`A key of the issuer of API keys ${issuer} cannot be used for ${algorithm}.`)
  return verificationKey(algorithm, key, kid)
}
