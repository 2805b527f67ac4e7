/** The public key in a proof's header: its thumbprint (RFC 7638), and the key itself. The client chose it, so what it may cost is bounded. */
import { createHash, createPublicKey } from 'node:crypto'
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'
import { isJsonObject, type JsonObject, ownMember } from '../json-object.ts'
import { fitsAlgorithm, type VerificationKey, verificationKey } from '../jws/signature.ts'

/** The members that make up a public key of each type, in the order in which they are hashed (RFC 7638 §3.2, RFC 8037 §2). */
const membersOf: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['EC', ['crv', 'kty', 'x', 'y']],
  ['OKP', ['crv', 'kty', 'x']],
  ['RSA', ['e', 'kty', 'n']],
])

/** RFC 7518 §6: none of them may be in a proof. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** A modulus of 4096 bits in base64url. */
const longestMember = 683

export type PublicJwk = {
  readonly thumbprint: string
  /** Undefined where the key is none, or not one for the algorithm. */
  importFor(algorithm: JwtAlgorithm): VerificationKey | undefined
}

/** Returns undefined for what is no public key of a known type. */
export function readPublicJwk(value: unknown): PublicJwk | undefined {
  if (!isJsonObject(value) || privateMembers.some((name) => Object.hasOwn(value, name))) return undefined
  const members = publicMembers(value)
  if (members === undefined) return undefined
  return {
    thumbprint: createHash('sha256').update(JSON.stringify(members)).digest('base64url'),
    importFor: (algorithm) => {
      try {
        const key = createPublicKey({ key: members, format: 'jwk' })
        return fitsAlgorithm(algorithm, key) ? verificationKey(algorithm, key) : undefined
      } catch {
        return undefined
      }
    },
  }
}

function publicMembers(jwk: JsonObject): Record<string, string> | undefined {
  const members: Record<string, string> = {}
  for (const name of membersOf.get(ownMember(jwk, 'kty')) ?? []) {
    const text = ownMember(jwk, name)
    if (typeof text !== 'string' || text.length > longestMember || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined
    members[name] = text
  }
  // With a large exponent a check would take as long as a signature.
  if (members.kty === undefined || (members.kty === 'RSA' && members.e !== 'AQAB')) return undefined
  return members
}
