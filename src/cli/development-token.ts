/** A token for trying a gateway out, as its issuer would sign it. */
import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { ManifestIssuer } from '../contract/manifest/issuer.ts'
import type { SigningKey } from './private-key.ts'

export type TokenRequest = {
  readonly issuer: string
  /** `at+jwt`: what RFC 9068 §2 asks for; `client_id` is the subject, where `claims` has none. */
  readonly profile: ManifestIssuer['profile']
  readonly audience: readonly string[]
  readonly subject: string
  /** Seconds since the epoch. */
  readonly now: number
  /** Seconds; negative for a token that has expired. */
  readonly lifetime: number
  /** What the user asks for beyond that; it goes before everything else. */
  readonly claims: ReadonlyMap<string, unknown>
}

/** `known`: the issuer's key with this thumbprint, from which the key id and the algorithm are taken before the file's own; `null` when it has none. */
export async function signToken(signing: SigningKey, known: ManifestIssuer['keys'][number] | null, request: TokenRequest): Promise<string> {
  const claims = Object.fromEntries([
    ['iss', request.issuer],
    ['aud', request.audience.length === 1 ? request.audience[0] : request.audience],
    ['sub', request.subject],
    ['iat', Math.min(request.now, request.now + request.lifetime)],
    ['exp', request.now + request.lifetime],
    ['jti', randomUUID()],
    ...(request.profile === 'at+jwt' ? [['client_id', request.subject]] : []),
    ...request.claims,
  ])
  const kid = known?.kid ?? signing.kid
  return new SignJWT(claims)
    .setProtectedHeader({
      alg: known?.algorithms[0] ?? signing.algorithm,
      typ: request.profile === 'at+jwt' ? 'at+jwt' : 'JWT',
      ...(kid === null ? {} : { kid }),
    })
    .sign(signing.key)
}
